// Features with a hidden common cause: both sides are noisy linear views of the same latent vector.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>

#include "tandem/features/feature_store.h"
#include "tandem/training/trainer.h"

namespace tandem::tests {

/// `images` pictures with two captions each, 24 picture columns, 16 caption columns, from 6 latent
/// numbers.
inline PairedFeatures toy_pairs(std::int64_t images, std::uint64_t seed) {
  at::Generator maps = at::detail::createCPUGenerator(1);
  at::Generator chance = at::detail::createCPUGenerator(seed);
  const at::Tensor to_image = at::randn({6, 24}, maps);
  const at::Tensor to_text = at::randn({6, 16}, maps);
  const at::Tensor latent = at::randn({images, 6}, chance);
  const at::Tensor partner = at::arange(2 * images, at::kLong).div(2, "floor");
  PairedFeatures pairs;
  pairs.image = at::matmul(latent, to_image) + at::randn({images, 24}, chance) * 0.3;
  pairs.text = at::matmul(latent.index_select(0, partner), to_text) + at::randn({2 * images, 16}, chance) * 0.3;
  pairs.image_of_text = partner;
  return pairs;
}

inline TrainOptions toy_options() {
  at::set_num_threads(1);  // Operators this small lose more to waiting for each other than they gain.
  const HeadOptions head = {
      .embedding_width = 16, .hidden_width = 32, .blocks = 1, .dropout = 0.1, .feature_noise = 0.1};
  return {.image_head = head, .text_head = head, .epochs = 12, .batch_size = 64, .learning_rate = 5e-3, .seed = 3};
}

}  // namespace tandem::tests
