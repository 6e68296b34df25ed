#include "tandem/features/encode_texts.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <numeric>

#include "tandem/base/errors.h"
#include "tandem/base/worker_batches.h"
#include "tandem/features/to_device.h"
#include "tandem/features/token_batch.h"
#include "tandem/features/view_of_states.h"

namespace tandem {
namespace {

constexpr std::int64_t kCaptionBatch = 32;
constexpr std::int64_t kCaptionBatchOfGpu = 128;

/// Pads the chosen rows to the longest of them and pools the views. [rows, width]
at::Tensor encode_rows(const TextSource& source, const TokenRows& tokens, const std::vector<std::int64_t>& rows) {
  const TokenBatch batch = pad_tokens(source.tower, tokens, rows);
  const c10::Device device = source.tower.compute.device;
  const at::Tensor mask = to_device(batch.mask, device);
  const at::Tensor to_end = to_device(batch.to_end, device);
  const std::vector<at::Tensor> states = source.tower.encoder->hidden_states(to_device(batch.ids, device), mask);
  std::vector<at::Tensor> pooled;
  for (const View& view : source.views) {
    const std::int64_t layer = layer_index(view, source.tower.encoder->layers());
    pooled.push_back(
        view_of_tokens(states[layer], view.pooling == Pooling::kLast && view.tokens == 0 ? to_end : mask, view));
  }
  return at::cat(pooled, 1).cpu();
}

}  // namespace

at::Tensor encode_texts(const std::vector<TextSource>& sources, const std::vector<std::string>& captions, int threads,
                        const Progress& progress) {
  BegunTexts all;
  go_on_encoding_texts(all, sources, captions, threads, progress, {});
  return all.features;
}

bool go_on_encoding_texts(BegunTexts& begun, const std::vector<TextSource>& sources,
                          const std::vector<std::string>& captions, int threads, const Progress& progress,
                          const StopAsked& stop) {
  const auto count = static_cast<std::int64_t>(captions.size());
  const auto passes = static_cast<std::int64_t>(sources.size());
  if (!begun.features.defined()) begun.features = at::zeros({count, feature_width(sources)});
  std::int64_t done = 0, batches_before = 0, column = 0;
  for (const TextSource& source : sources) {
    const std::int64_t batch_size = source.tower.compute.device.is_cuda() ? kCaptionBatchOfGpu : kCaptionBatch;
    const std::int64_t batches = (count + batch_size - 1) / batch_size;
    const std::int64_t begin = std::clamp<std::int64_t>(begun.batches - batches_before, 0, batches);
    done += std::min(count, begin * batch_size);
    at::Tensor features = begun.features.narrow(1, column, feature_width(source));
    column += feature_width(source);
    batches_before += batches;
    if (begin == batches) continue;

    const TokenRows tokens = tokenize(source.tower, captions);
    std::vector<std::int64_t> by_length(captions.size());
    std::iota(by_length.begin(), by_length.end(), 0);
    std::stable_sort(by_length.begin(), by_length.end(),
                     [&](std::int64_t a, std::int64_t b) { return tokens[a].size() < tokens[b].size(); });
    const auto rows_of = [&](std::int64_t batch) {
      return std::vector<std::int64_t>(by_length.begin() + batch * batch_size,
                                       by_length.begin() + std::min(count, (batch + 1) * batch_size));
    };
    const auto work = [&](std::int64_t batch) {
      const std::vector<std::int64_t> rows = rows_of(begin + batch);
      const at::Tensor encoded = encode_rows(source, tokens, rows);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!at::isfinite(encoded[i]).all().item<bool>()) {
          throw FileError(source.tower.folder,
                          "finite features for the caption \"" + captions[rows[i]].substr(0, 80) + "\"",
                          "NaN or infinity");
        }
        features[rows[i]].copy_(encoded[i]);
      }
    };
    const auto told = [&](std::int64_t batch) {
      done += static_cast<std::int64_t>(rows_of(begin + batch).size());
      if (progress) progress(done / passes, count);
    };
    const std::int64_t made = for_each_batch(batches - begin, threads, work, told, stop);
    begun.batches = batches_before - batches + begin + made;
    if (begin + made < batches) return false;
  }
  return true;
}

}  // namespace tandem
