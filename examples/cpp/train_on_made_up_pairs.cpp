// Trains a pair of projection heads on features that need no encoder: numbers made by chance.
//
//   example_train_on_made_up_pairs
//
// Each pair has a hidden cause, 6 numbers. The "picture" is a linear view of it in 24 columns, the
// "caption" another one in 16, both with noise. Training finds what the two have in common.

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/randn.h>

#include <iostream>

#include "tandem/retrieval/recall.h"
#include "tandem/training/trainer.h"

namespace {

tandem::PairedFeatures made_up_pairs(std::int64_t pairs, std::uint64_t seed) {
  at::Generator views = at::detail::createCPUGenerator(1);  // the same for all pairs, trained on or held out
  const at::Tensor to_image = at::randn({6, 24}, views);
  const at::Tensor to_text = at::randn({6, 16}, views);

  at::Generator chance = at::detail::createCPUGenerator(seed);
  const at::Tensor cause = at::randn({pairs, 6}, chance);
  tandem::PairedFeatures features;
  features.image = cause.matmul(to_image) + 0.3 * at::randn({pairs, 24}, chance);
  features.text = cause.matmul(to_text) + 0.3 * at::randn({pairs, 16}, chance);
  features.image_of_text = at::arange(pairs, at::kLong);  // caption i describes picture i
  return features;
}

/// Mean of recall@1, @5 and @10 in both directions, in percent.
double retrieval(const tandem::ProjectionHead& image, const tandem::ProjectionHead& text,
                 const tandem::PairedFeatures& pairs) {
  return tandem::mean_recall(tandem::retrieval_ranks(tandem::embed_all(image, pairs.image),
                                                     tandem::embed_all(text, pairs.text), pairs.image_of_text));
}

}  // namespace

int main() {
  const tandem::PairedFeatures train = made_up_pairs(2000, 10);
  const tandem::PairedFeatures dev = made_up_pairs(200, 11);
  const tandem::PairedFeatures test = made_up_pairs(200, 12);

  tandem::TrainOptions options{.epochs = 10, .batch_size = 256, .learning_rate = 5e-3, .seed = 1};
  options.image_head = {.embedding_width = 16, .hidden_width = 64, .dropout = 0.1, .feature_noise = 0.1};
  options.text_head = options.image_head;

  // The trainer keeps the heads of the epoch that this number is largest for.
  const auto quality = [&](const auto& image, const auto& text) { return retrieval(image, text, dev); };
  const auto report = [](const tandem::EpochReport& epoch) {
    std::cout << "epoch " << epoch.epoch << ": loss " << epoch.loss << ", dev " << *epoch.dev_recall << "%\n";
  };
  const tandem::TrainedHeads heads = tandem::train_heads(train, options, quality, {.on_epoch = report});

  std::cout << "test: mean recall " << retrieval(heads.image, heads.text, test) << "%; by chance it would be 2.7%\n";
}
