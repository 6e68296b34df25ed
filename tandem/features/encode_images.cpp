#include "tandem/features/encode_images.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "tandem/base/errors.h"
#include "tandem/base/worker_batches.h"
#include "tandem/encoders/image_prep.h"
#include "tandem/features/to_device.h"
#include "tandem/features/view_of_states.h"

namespace tandem {
namespace {

constexpr std::int64_t kPictureBatch = 16;  // A working set that fits the cache; larger ones measured no faster.
constexpr std::int64_t kPictureBatchOfGpu = 64;

std::int64_t batch_for(const std::vector<ImageSource>& sources) {
  const bool gpu = std::any_of(sources.begin(), sources.end(),
                               [](const ImageSource& source) { return source.tower.compute.device.is_cuda(); });
  return gpu ? kPictureBatchOfGpu : kPictureBatch;
}

at::Tensor encode_with(const ImageSource& source, const std::vector<RgbImage>& pictures) {
  std::vector<at::Tensor> prepared;
  for (const RgbImage& picture : pictures) prepared.push_back(prepare_image(picture, source.tower.prep).unsqueeze(0));
  const ImageEncoder& encoder = *source.tower.encoder;
  std::vector<std::int64_t> wanted;
  for (const View& view : source.views) wanted.push_back(layer_index(view, encoder.layers()));
  const at::Tensor pixels = to_device(at::cat(prepared), source.tower.compute.device);
  const auto pool_all = [&](const at::Tensor& batch) {
    const std::vector<at::Tensor> states = encoder.states(batch, wanted);
    std::vector<at::Tensor> pooled;
    for (std::size_t i = 0; i < states.size(); ++i)
      pooled.push_back(view_of_patches(states[i], encoder.leading_tokens(), source.views[i]));
    return pooled;
  };
  std::vector<at::Tensor> pooled = pool_all(pixels);
  if (std::any_of(source.views.begin(), source.views.end(), [](const View& view) { return view.mirror; })) {
    const std::vector<at::Tensor> mirrored = pool_all(pixels.flip(3));
    for (std::size_t i = 0; i < pooled.size(); ++i) {
      if (source.views[i].mirror) pooled[i] = (pooled[i] + mirrored[i]) / 2;
    }
  }
  return at::cat(pooled, 1).cpu();
}

}  // namespace

EncodedImages encode_images(const std::vector<ImageSource>& sources, const PictureInput& pictures, int threads,
                            const Progress& progress, const StopAsked& stop, const PictureFailed& failed) {
  const std::int64_t count = pictures.count;
  const std::int64_t batch_size = batch_for(sources);
  at::Tensor features = at::empty({count, feature_width(sources)});
  std::vector<std::optional<std::string>> reasons(static_cast<std::size_t>(count));
  const auto work = [&](std::int64_t batch) {
    std::vector<RgbImage> decoded;
    std::vector<std::int64_t> rows;
    for (std::int64_t i = batch * batch_size; i < std::min(count, (batch + 1) * batch_size); ++i) {
      try {
        decoded.push_back(pictures.read(i));
        rows.push_back(i);
      } catch (const FileError& error) {
        reasons[i] = error.what();
      }
    }
    if (rows.empty()) return;
    std::vector<at::Tensor> blocks;
    for (const ImageSource& source : sources) blocks.push_back(encode_with(source, decoded));
    const at::Tensor encoded = at::cat(blocks, 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!at::isfinite(encoded[i]).all().item<bool>()) {
        throw FileError(pictures.name(rows[i]), "finite features from its encoders", "NaN or infinity");
      }
      features[rows[i]].copy_(encoded[i]);
    }
  };
  std::int64_t done = 0;
  const auto told = [&](std::int64_t batch) {
    const std::int64_t end = std::min(count, (batch + 1) * batch_size);
    for (std::int64_t i = batch * batch_size; failed && i < end; ++i) {
      if (reasons[i]) failed({.index = i, .reason = *reasons[i]});
    }
    done += end - batch * batch_size;
    if (progress) progress(done, count);
  };
  const std::int64_t batches = for_each_batch((count + batch_size - 1) / batch_size, threads, work, told, stop);

  EncodedImages result{.done = std::min(count, batches * batch_size)};
  for (std::int64_t i = 0; i < result.done; ++i) {
    if (reasons[i]) {
      result.unreadable.push_back({.index = i, .reason = *reasons[i]});
    } else {
      result.rows.push_back(i);
    }
  }
  const bool all = static_cast<std::int64_t>(result.rows.size()) == count;
  result.features = all ? features : features.index_select(0, at::tensor(result.rows, at::kLong));
  return result;
}

EncodedImages encode_images(const std::vector<ImageSource>& sources, const std::vector<PictureSource>& pictures,
                            int threads, const Progress& progress, const StopAsked& stop, const PictureFailed& failed) {
  const PictureInput input{.count = static_cast<std::int64_t>(pictures.size()),
                           .read = [&](std::int64_t i) { return read_picture(pictures[i]); },
                           .name = [&](std::int64_t i) { return source_name(pictures[i]); }};
  return encode_images(sources, input, threads, progress, stop, failed);
}

}  // namespace tandem
