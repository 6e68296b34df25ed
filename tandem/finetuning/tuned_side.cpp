#include "tandem/finetuning/tuned_side.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <map>
#include <utility>

#include "tandem/base/shape_check.h"
#include "tandem/encoders/pooling.h"
#include "tandem/features/to_device.h"

namespace tandem {
namespace {

/// One view of the trained layers' outputs. [B, D]
at::Tensor pooled(const TunedEncoder& encoder, const TunedView& view, const std::vector<at::Tensor>& outputs,
                  const EntryBatch& batch) {
  const at::Tensor& mask = view.pooling == Pooling::kLast ? batch.to_end : batch.mask;
  const at::Tensor& states = outputs[view.layer - encoder.layers.first() - 1];
  return encoder.pictures ? pool_patches(states, encoder.leading_tokens, view.pooling)
                          : pool(states, mask, view.pooling);
}

/// All views side by side. [B, views * D]
at::Tensor all_pooled(const TunedEncoder& encoder, const std::vector<at::Tensor>& outputs, const EntryBatch& batch) {
  std::vector<at::Tensor> columns;
  for (const TunedView& view : encoder.views) columns.push_back(pooled(encoder, view, outputs, batch));
  return at::cat(columns, 1);
}

/// What the frozen layers answer, where the trained ones are.
EntryBatch batch_of(const TunedEncoder& encoder, const std::vector<std::int64_t>& items) {
  const EntryBatch batch = encoder.entry.batch(items);
  const c10::Device device = encoder.layers.device();
  return {.x = to_device(batch.x, device),
          .mask = to_device(batch.mask, device),
          .to_end = to_device(batch.to_end, device)};
}

at::Tensor rows_of(const at::Tensor& features, const std::vector<std::int64_t>& items, c10::Device device) {
  return features.index_select(0, at::tensor(items, at::kLong).to(features.device())).to(device);
}

/// Where each item of a batch is among the items in the order of their chunks.
at::Tensor places_of(const std::vector<std::int64_t>& items, const std::vector<std::vector<std::int64_t>>& chunks) {
  std::map<std::int64_t, std::int64_t> place;
  for (const auto& chunk : chunks) {
    for (const std::int64_t item : chunk) place.emplace(item, static_cast<std::int64_t>(place.size()));
  }
  std::vector<std::int64_t> places;
  for (const std::int64_t item : items) places.push_back(place.at(item));
  return at::tensor(places, at::kLong);
}

/// The chunk's part of run(), with gradients of its own layers only.
void chunk_backward(const TunedEncoder& encoder, const std::vector<std::int64_t>& chunk, const at::Tensor& gradient,
                    bool checkpointing) {
  const EntryBatch batch = batch_of(encoder, chunk);
  if (!checkpointing) {
    const at::AutoGradMode with_gradients(true);
    all_pooled(encoder, encoder.layers.run(batch.x, batch.mask), batch).backward(gradient);
    return;
  }
  std::vector<at::Tensor> outputs;
  {
    const c10::NoGradGuard no_gradient;
    outputs = encoder.layers.run(batch.x, batch.mask);
  }
  std::vector<at::Tensor> leaves;
  for (const at::Tensor& output : outputs) leaves.push_back(output.detach().requires_grad_());
  {
    const at::AutoGradMode with_gradients(true);
    all_pooled(encoder, leaves, batch).backward(gradient);
  }
  std::vector<at::Tensor> gradients;
  for (const at::Tensor& leaf : leaves) gradients.push_back(leaf.grad());
  encoder.layers.run_back(batch.x, batch.mask, outputs, gradients);
}

}  // namespace

TunedSide::TunedSide(at::Tensor features, std::vector<TunedEncoder> encoders, const ChunkLimits& limits)
    : features_(std::move(features)), encoders_(std::move(encoders)), limits_(limits) {
  check_shape("TunedSide", "features", features_, {kAnySize, kAnySize});
  TORCH_CHECK_VALUE(limits.items >= 0 && limits.memory_bytes > 0,
                    "TunedSide: items must not be negative and memory_bytes positive, got ", limits.items, " and ",
                    limits.memory_bytes);
  for (const TunedEncoder& encoder : encoders_) {
    TORCH_CHECK_VALUE(encoder.layers.device() == device(), "TunedSide: encoders must be on one device, got ", device(),
                      " and ", encoder.layers.device());
  }
}

std::vector<at::Tensor> TunedSide::parameters() const {
  std::vector<at::Tensor> all;
  for (const TunedEncoder& encoder : encoders_) {
    for (const auto& [name, tensor] : encoder.layers.trained()) all.push_back(tensor);
  }
  return all;
}

std::int64_t TunedSide::token_bytes(const TunedEncoder& encoder, std::int64_t length) const {
  // Of a layer autograd keeps about 16 D floats a token and the scores of every head (Korthikanti
  // et al. 2022, arXiv:2205.05198, section 4.1, without dropout); heads are taken to be 32 wide.
  const std::int64_t width = encoder.layers.width();
  const std::int64_t count = encoder.layers.last() - encoder.layers.first();
  const std::int64_t layer = width * (64 + length / 4);
  const std::int64_t state = 4 * width;
  return limits_.checkpointing ? layer + 3 * count * state : count * (layer + state);
}

TunedSide::Chunks TunedSide::chunks_of(const TunedEncoder& encoder, std::vector<std::int64_t> items) const {
  const auto length = [&](std::int64_t item) { return encoder.entry.length(item); };
  std::sort(items.begin(), items.end(),
            [&](std::int64_t a, std::int64_t b) { return std::pair(length(a), a) < std::pair(length(b), b); });
  items.erase(std::unique(items.begin(), items.end()), items.end());
  Chunks chunks;
  for (const std::int64_t item : items) {
    const std::int64_t count = chunks.empty() ? 0 : static_cast<std::int64_t>(chunks.back().size()) + 1;
    const bool fits = limits_.items > 0
                          ? count <= limits_.items
                          : count * length(item) * token_bytes(encoder, length(item)) <= limits_.memory_bytes;
    if (count == 0 || !fits) chunks.emplace_back();
    chunks.back().push_back(item);
  }
  return chunks;
}

at::Tensor TunedSide::features(const std::vector<std::int64_t>& items) const {
  const c10::NoGradGuard no_gradient;
  at::Tensor rows = rows_of(features_, items, device());
  for (const TunedEncoder& encoder : encoders_) {
    const Chunks chunks = chunks_of(encoder, items);
    std::vector<at::Tensor> parts;
    for (const auto& chunk : chunks) {
      const EntryBatch batch = batch_of(encoder, chunk);
      parts.push_back(all_pooled(encoder, encoder.layers.run(batch.x, batch.mask), batch));
    }
    const at::Tensor columns = at::cat(parts).index_select(0, places_of(items, chunks).to(device()));
    const std::int64_t width = encoder.layers.width();
    for (std::size_t i = 0; i < encoder.views.size(); ++i) {
      rows.narrow(1, encoder.views[i].column, width)
          .copy_(columns.narrow(1, static_cast<std::int64_t>(i) * width, width));
    }
  }
  return rows;
}

void TunedSide::backward(const std::vector<std::int64_t>& items, const at::Tensor& gradient) const {
  check_shape("TunedSide", "gradient", gradient, {static_cast<std::int64_t>(items.size()), features_.size(1)});
  for (const TunedEncoder& encoder : encoders_) {
    const Chunks chunks = chunks_of(encoder, items);
    std::vector<at::Tensor> columns;
    for (const TunedView& view : encoder.views)
      columns.push_back(gradient.narrow(1, view.column, encoder.layers.width()));
    const at::Tensor of_rows = at::cat(columns, 1);
    std::int64_t count = 0;
    for (const auto& chunk : chunks) count += static_cast<std::int64_t>(chunk.size());
    const at::Tensor of_items = at::zeros({count, of_rows.size(1)}, of_rows.options())
                                    .index_add_(0, places_of(items, chunks).to(device()), of_rows);
    std::int64_t begin = 0;
    for (const auto& chunk : chunks) {
      const auto size = static_cast<std::int64_t>(chunk.size());
      chunk_backward(encoder, chunk, of_items.narrow(0, begin, size), limits_.checkpointing);
      begin += size;
    }
  }
}

at::Tensor TunedSide::differentiable_features(const std::vector<std::int64_t>& items) const {
  const at::AutoGradMode with_gradients(true);
  std::vector<at::Tensor> blocks;  // The columns one after the other, for a graph does not survive being written into.
  std::map<std::int64_t, at::Tensor> tuned;
  for (const TunedEncoder& encoder : encoders_) {
    const EntryBatch batch = batch_of(encoder, items);
    const std::vector<at::Tensor> outputs = encoder.layers.run(batch.x, batch.mask);
    for (const TunedView& view : encoder.views) tuned[view.column] = pooled(encoder, view, outputs, batch);
  }
  const at::Tensor rows = rows_of(features_, items, device());
  std::int64_t column = 0;
  for (const auto& [begin, values] : tuned) {
    if (begin > column) blocks.push_back(rows.narrow(1, column, begin - column));
    blocks.push_back(values);
    column = begin + values.size(1);
  }
  if (column < rows.size(1)) blocks.push_back(rows.narrow(1, column, rows.size(1) - column));
  return at::cat(blocks, 1);
}

}  // namespace tandem
