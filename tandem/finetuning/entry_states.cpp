#include "tandem/finetuning/entry_states.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_file.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/base/worker_batches.h"
#include "tandem/encoders/image_prep.h"
#include "tandem/encoders/transformer_layers.h"
#include "tandem/features/to_device.h"
#include "tandem/features/token_batch.h"

namespace tandem {
namespace {

constexpr std::int64_t kItemsAtOnce = 16, kItemsAtOnceOfGpu = 128;

std::int64_t items_at_once(c10::Device device) { return device.is_cuda() ? kItemsAtOnceOfGpu : kItemsAtOnce; }

/// A file of that size that has no name any more once it is mapped.
at::Tensor mapped_scratch(const std::filesystem::path& folder, std::int64_t rows, std::int64_t columns,
                          at::ScalarType type) {
  const std::filesystem::path path = folder / ("entry-states." + std::to_string(::getpid()) + ".scratch");
  const auto size_bytes = static_cast<off_t>(rows * columns * static_cast<std::int64_t>(c10::elementSize(type)));
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) throw FileError(path, "a file that can be made", system_message(errno));
  // Blocks are taken now: a full disk is an error here, and would be a signal in the middle of
  // training.
  const int failure = ::posix_fallocate(file, 0, size_bytes);
  ::close(file);
  if (failure != 0) {
    ::unlink(path.c_str());
    throw FileError(path, "room for " + std::to_string(size_bytes) + " bytes", system_message(failure));
  }
  at::Tensor mapped = at::from_file(path.string(), /*shared=*/true, rows * columns, at::TensorOptions().dtype(type));
  ::unlink(path.c_str());
  return mapped.view({rows, columns});
}

}  // namespace

std::int64_t EntryItems::size_bytes() const {
  return std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0}) * width *
         static_cast<std::int64_t>(c10::elementSize(type));
}

EntryItems caption_items(const TextSource& source, const std::vector<std::string>& captions, std::int64_t first) {
  const auto tokens = std::make_shared<const TokenRows>(tokenize(source.tower, captions));
  const Compute& compute = source.tower.compute;
  EntryItems items{.lengths = {},
                   .ends = {},
                   .width = source.tower.encoder->width(),
                   .type = scalar_type(compute.precision),
                   .at_once = items_at_once(compute.device),
                   .compute = {}};
  for (const auto& row : *tokens) {
    items.lengths.push_back(static_cast<std::int64_t>(row.size()));
    items.ends.push_back(source.tower.encoder->end_place(row) + 1);
  }
  items.compute = [&source, tokens, first](const std::vector<std::int64_t>& chosen) {
    const TokenBatch batch = pad_tokens(source.tower, *tokens, chosen);
    const c10::Device device = source.tower.compute.device;
    return EntryBatch{
        .x = source.tower.encoder->hidden_states(to_device(batch.ids, device), to_device(batch.mask, device))[first]
                 .cpu(),
        .mask = batch.mask,
        .to_end = batch.to_end};
  };
  return items;
}

EntryItems picture_items(const ImageSource& source, std::vector<PictureSource> pictures, std::int64_t first) {
  const ImageEncoder& encoder = *source.tower.encoder;
  const PreparedSize size = prepared_size(source.tower.prep);
  std::int64_t tokens = 0;
  {
    const c10::InferenceMode inference;
    tokens =
        encoder.states(at::zeros({1, 3, size.height, size.width}, at::TensorOptions(source.tower.compute.device)), {0})
            .front()
            .size(1);
  }
  EntryItems items{.lengths = std::vector<std::int64_t>(pictures.size(), tokens),
                   .ends = std::vector<std::int64_t>(pictures.size(), tokens),
                   .width = encoder.width(first),
                   .type = scalar_type(source.tower.compute.precision),
                   .at_once = items_at_once(source.tower.compute.device),
                   .compute = {}};
  items.compute = [&source, first, pictures = std::move(pictures)](const std::vector<std::int64_t>& chosen) {
    std::vector<at::Tensor> prepared;
    for (const std::int64_t item : chosen)
      prepared.push_back(prepare_image(read_picture(pictures[item]), source.tower.prep).unsqueeze(0));
    const at::Tensor x =
        source.tower.encoder->states(to_device(at::cat(prepared), source.tower.compute.device), {first}).front().cpu();
    const at::Tensor all = at::ones({x.size(0), x.size(1)}, at::kBool);
    return EntryBatch{.x = x, .mask = all, .to_end = all};
  };
  return items;
}

std::string_view entry_place_name(EntryPlace place) {
  switch (place) {
    case EntryPlace::kMemory:
      return "in memory";
    case EntryPlace::kFile:
      return "in a mapped file";
    default:
      return "computed anew at every step";
  }
}

EntryPlace choose_entry_place(std::int64_t size_bytes, std::int64_t memory_bytes, const std::filesystem::path& folder) {
  if (size_bytes <= memory_bytes) return EntryPlace::kMemory;
  std::error_code error;
  const std::filesystem::space_info disk = std::filesystem::space(folder, error);
  return !error && disk.available / 2 >= static_cast<std::uintmax_t>(size_bytes) ? EntryPlace::kFile
                                                                                 : EntryPlace::kRecomputed;
}

EntryStates::EntryStates(EntryItems items, EntryPlace place, const std::filesystem::path& folder, int threads,
                         const Progress& progress)
    : items_(std::move(items)), place_(place), threads_(threads) {
  std::int64_t tokens = 0;
  for (const std::int64_t length : items_.lengths) offsets_.push_back(std::exchange(tokens, tokens + length));
  if (place == EntryPlace::kRecomputed || tokens == 0) return;
  states_ = place == EntryPlace::kFile ? mapped_scratch(folder, tokens, items_.width, items_.type)
                                       : at::empty({tokens, items_.width}, at::TensorOptions().dtype(items_.type));
  fill(threads, progress);
}

void EntryStates::fill(int threads, const Progress& progress) {
  const auto count = static_cast<std::int64_t>(items_.lengths.size());
  std::vector<std::int64_t> by_length(count);
  std::iota(by_length.begin(), by_length.end(), 0);
  std::stable_sort(by_length.begin(), by_length.end(),
                   [&](std::int64_t a, std::int64_t b) { return length(a) < length(b); });
  std::int64_t done = 0;
  const auto end_of = [&](std::int64_t group) { return std::min(count, (group + 1) * items_.at_once); };
  const auto work = [&](std::int64_t group) {
    const std::vector<std::int64_t> chosen(by_length.begin() + group * items_.at_once,
                                           by_length.begin() + end_of(group));
    const EntryBatch batch = items_.compute(chosen);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const std::int64_t tokens = length(chosen[i]);
      states_.narrow(0, offsets_[chosen[i]], tokens).copy_(batch.x[static_cast<std::int64_t>(i)].narrow(0, 0, tokens));
    }
  };
  for_each_batch((count + items_.at_once - 1) / items_.at_once, threads, work, [&](std::int64_t group) {
    done += end_of(group) - group * items_.at_once;
    if (progress) progress(done, count);
  });
}

/// The masks as they must be, and zeros.
EntryBatch EntryStates::empty_batch(const std::vector<std::int64_t>& items) const {
  const auto size = static_cast<std::int64_t>(items.size());
  std::int64_t longest = 0;
  for (const std::int64_t item : items) longest = std::max(longest, length(item));
  EntryBatch batch{.x = at::zeros({size, longest, items_.width}),
                   .mask = at::zeros({size, longest}, at::kBool),
                   .to_end = at::zeros({size, longest}, at::kBool)};
  for (std::int64_t i = 0; i < size; ++i) {
    batch.mask[i].narrow(0, 0, length(items[i])).fill_(true);
    batch.to_end[i].narrow(0, 0, items_.ends[items[i]]).fill_(true);
  }
  return batch;
}

EntryBatch EntryStates::batch(const std::vector<std::int64_t>& items) const {
  if (place_ == EntryPlace::kRecomputed) return recomputed(items);
  EntryBatch batch = empty_batch(items);
  for (std::int64_t i = 0; i < batch.x.size(0); ++i) {
    const std::int64_t tokens = length(items[i]);
    batch.x[i].narrow(0, 0, tokens).copy_(states_.narrow(0, offsets_[items[i]], tokens));
  }
  return batch;
}

EntryBatch EntryStates::recomputed(const std::vector<std::int64_t>& items) const {
  const auto size = static_cast<std::int64_t>(items.size());
  EntryBatch batch = empty_batch(items);
  for_each_batch((size + items_.at_once - 1) / items_.at_once, threads_, [&](std::int64_t group) {
    const std::int64_t begin = group * items_.at_once;
    const std::int64_t end = std::min(size, begin + items_.at_once);
    const EntryBatch part = items_.compute({items.begin() + begin, items.begin() + end});
    const std::int64_t tokens = part.x.size(1);
    batch.x.narrow(0, begin, end - begin).narrow(1, 0, tokens).copy_(part.x);
  });
  return batch;
}

}  // namespace tandem
