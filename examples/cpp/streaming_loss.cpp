// A training loop of one's own around tandem's streaming loss.
//
//   example_streaming_loss
//
// The loss compares all 4,096 pictures of a batch with all 4,096 captions, tile by tile: the matrix
// of 16.8 million similarities is never in memory as a whole. Values and gradients are those of the
// plain loss, which is computed once at the end to show that.

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <iostream>

#include "tandem/losses/info_nce.h"
#include "tandem/losses/streaming_losses.h"

namespace {

at::Tensor unit_rows(const at::Tensor& rows) { return rows / rows.norm(2, {1}, /*keepdim=*/true); }

}  // namespace

int main() {
  constexpr std::int64_t kPairs = 4096;
  at::Generator chance = at::detail::createCPUGenerator(1);
  const at::Tensor cause = at::randn({kPairs, 8}, chance);
  const at::Tensor image = cause.matmul(at::randn({8, 32}, chance)) + 0.1 * at::randn({kPairs, 32}, chance);
  const at::Tensor text = cause.matmul(at::randn({8, 24}, chance)) + 0.1 * at::randn({kPairs, 24}, chance);
  const at::Tensor image_id = at::arange(kPairs, at::kLong);  // every caption has a picture of its own

  // What is learned: a linear map for each side, and the logarithm of the logit scale (the inverse
  // temperature).
  at::Tensor image_map = (0.1 * at::randn({32, 16}, chance)).requires_grad_();
  at::Tensor text_map = (0.1 * at::randn({24, 16}, chance)).requires_grad_();
  at::Tensor log_scale = at::full({}, std::log(10.0), at::kFloat).requires_grad_();

  const auto batch = [&]() -> tandem::PairBatch {
    return {.image = unit_rows(image.matmul(image_map)),
            .text = unit_rows(text.matmul(text_map)),
            .log_scale = log_scale,
            .image_id = image_id};
  };
  for (int step = 0; step <= 40; ++step) {
    const at::Tensor loss = tandem::streaming_info_nce(batch());
    if (step % 10 == 0) std::cout << "step " << step << ": loss " << loss.item<float>() << "\n";
    loss.backward();
    const at::NoGradGuard no_gradients;
    for (at::Tensor* parameter : {&image_map, &text_map, &log_scale}) {
      parameter->sub_(parameter->grad(), /*alpha=*/0.2);
      parameter->mutable_grad().zero_();
    }
  }
  const at::NoGradGuard no_gradients;
  std::cout << "streaming " << tandem::streaming_info_nce(batch()).item<float>() << ", plain "
            << tandem::info_nce(batch()).item<float>() << "; log " << kPairs << " = " << std::log(kPairs)
            << " is the loss of a model that knows nothing\n";
}
