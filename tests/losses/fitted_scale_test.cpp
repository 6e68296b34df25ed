#include "tandem/losses/fitted_scale.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/stack.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>

#include "tandem/losses/info_nce.h"

using namespace tandem;

namespace {

at::Tensor unit_rows(const at::Tensor& rows) {
  return rows / at::linalg_vector_norm(rows, 2, at::IntArrayRef{1}, true);
}

double loss_at(const at::Tensor& image, const at::Tensor& text, double scale) {
  return info_nce({.image = image,
                   .text = text,
                   .log_scale = at::scalar_tensor(std::log(scale), at::kFloat),
                   .image_id = at::arange(image.size(0), at::kLong)})
      .item<double>();
}

}  // namespace

TEST_CASE("no factor near the fitted one gives a smaller InfoNCE, and every picture counts with its first caption") {
  at::Generator chance = at::detail::createCPUGenerator(3);
  const at::Tensor image = unit_rows(at::randn({40, 8}, chance));
  const at::Tensor near = unit_rows(image + at::randn({40, 8}, chance) * 0.4);
  const double scale = fitted_logit_scale(image, near, at::arange(40, at::kLong));
  CHECK(scale > 2);
  CHECK(scale < 99);
  const double least = loss_at(image, near, scale);
  for (const double factor : {0.5, 0.9, 0.97, 1.03, 1.1, 2.0}) CHECK(loss_at(image, near, scale * factor) > least);
  // Further captions change nothing, nor does a picture without any.
  const at::Tensor second = unit_rows(at::randn({40, 8}, chance));
  const at::Tensor both = at::stack({near, second}, 1).reshape({80, 8});
  const at::Tensor more = at::cat({image, unit_rows(at::randn({1, 8}, chance))});
  CHECK(fitted_logit_scale(more, both, at::arange(80, at::kLong).floor_divide(2)) == doctest::Approx(scale));
}

TEST_CASE("embeddings that tell nothing apart have factor 1, perfect ones the largest") {
  at::Generator chance = at::detail::createCPUGenerator(4);
  const at::Tensor eye = at::eye(12);
  CHECK(fitted_logit_scale(eye, eye, at::arange(12, at::kLong), 50) == doctest::Approx(50).epsilon(0.002));
  CHECK(fitted_logit_scale(unit_rows(at::randn({60, 8}, chance)), unit_rows(at::randn({60, 8}, chance)),
                           at::arange(60, at::kLong)) == doctest::Approx(1).epsilon(0.002));
}

TEST_CASE("what cannot be fitted is refused in words") {
  const at::Tensor eye = at::eye(3);
  CHECK_THROWS_WITH_AS(fitted_logit_scale(eye, eye, at::arange(3, at::kLong), 1),
                       doctest::Contains("largest must be above 1, got 1"), c10::ValueError);
  CHECK_THROWS_WITH_AS(fitted_logit_scale(eye, eye, at::arange(1, 4, at::kLong)),
                       doctest::Contains("image_of_text from 0 to 2 was needed, got 3"), c10::ValueError);
  CHECK_THROWS_WITH_AS(fitted_logit_scale(eye, eye.narrow(0, 0, 0), at::arange(0, at::kLong)),
                       doctest::Contains("a picture with a caption was needed, got none"), c10::ValueError);
}
