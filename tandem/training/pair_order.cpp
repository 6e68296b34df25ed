#include "tandem/training/pair_order.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/ops/ne.h>
#include <ATen/ops/randperm.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "tandem/training/chance_streams.h"

namespace tandem {
namespace {

void check_varies(const char* side, const at::Tensor& features) {
  const bool varies = at::ne(features, features[0]).any().item<bool>();
  TORCH_CHECK_VALUE(varies, "train_heads: features of ", side, " must differ from one another, got ", features.size(0),
                    " equal rows");
}

c10::Device place_of(const TrainingPairs& pairs, c10::Device device) {
  if (!device.is_cuda()) return device;
  const std::size_t free = at::accelerator::getMemoryInfo(device.index()).first;
  return pairs.image.nbytes() + pairs.text.nbytes() > free / 2 ? c10::kCPU : device;
}

}  // namespace

TrainingPairs training_pairs(const PairedFeatures& features, const TrainOptions& options) {
  TORCH_CHECK_VALUE(features.image.size(0) >= 2, "train_heads: at least two pictures were needed, got ",
                    features.image.size(0));
  check_varies("pictures", features.image);
  check_varies("captions", features.text);
  TrainingPairs pairs{.image = features.image, .text = features.text, .image_of_text = features.image_of_text};
  if (options.shuffled) {
    const at::Tensor other_picture = at::tensor(derangement(features.image.size(0), options.seed), at::kLong);
    pairs.image_of_text = other_picture.index_select(0, features.image_of_text);
  }
  const c10::Device place = place_of(pairs, options.device);
  for (at::Tensor* tensor : {&pairs.image, &pairs.text, &pairs.image_of_text}) *tensor = tensor->to(place);
  pairs.batch_size = std::min(options.batch_size, features.text.size(0));
  pairs.batches = features.text.size(0) / pairs.batch_size;
  return pairs;
}

at::Tensor epoch_order(const TrainingPairs& pairs, const TrainOptions& options, std::int64_t epoch) {
  at::Generator chance =
      at::detail::createCPUGenerator(mixed_seed(options.seed, kOrderStream, static_cast<std::uint64_t>(epoch)));
  return at::randperm(pairs.text.size(0), chance, at::TensorOptions().dtype(at::kLong)).to(pairs.text.device());
}

std::vector<std::int64_t> derangement(std::int64_t n, std::uint64_t seed) {
  TORCH_CHECK_VALUE(n >= 2, "derangement: at least two pictures were needed, got ", n);
  // One cycle through all of them in random order (Sattolo's shuffle) has no fixed point.
  std::vector<std::int64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 chance(seed);
  for (std::int64_t i = n - 1; i > 0; --i)
    std::swap(order[i], order[static_cast<std::int64_t>(chance() % static_cast<std::uint64_t>(i))]);
  return order;
}

}  // namespace tandem
