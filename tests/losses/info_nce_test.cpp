#include "tandem/losses/info_nce.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randperm.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>

#include "tandem/storage/safetensors.h"
#include "test_data.h"

using tandem::info_nce;

namespace {

at::Tensor unit_rows(std::int64_t rows, std::int64_t width, std::uint64_t seed, at::ScalarType type = at::kDouble) {
  const at::Tensor x = at::randn({rows, width}, at::detail::createCPUGenerator(seed), at::TensorOptions().dtype(type));
  return x / x.norm(2, {1}, true);
}

/// The definition, pair by pair.
double slow_info_nce(const at::Tensor& image, const at::Tensor& text, double log_scale, const at::Tensor& image_id) {
  const std::int64_t rows = image.size(0);
  const auto logit = [&](std::int64_t i, std::int64_t j) {
    return std::exp(log_scale) * image[i].dot(text[j]).item<double>();
  };
  const auto may_choose = [&](std::int64_t i, std::int64_t j) {
    return i == j || image_id[i].item<std::int64_t>() != image_id[j].item<std::int64_t>();
  };
  double sum = 0;
  for (std::int64_t i = 0; i < rows; ++i) {
    double among_captions = 0;
    double among_pictures = 0;
    for (std::int64_t j = 0; j < rows; ++j) {
      if (!may_choose(i, j)) continue;
      among_captions += std::exp(logit(i, j));
      among_pictures += std::exp(logit(j, i));
    }
    sum += std::log(among_captions) + std::log(among_pictures) - 2 * logit(i, i);
  }
  return sum / static_cast<double>(2 * rows);
}

const at::Tensor kScale = at::scalar_tensor(1.7, at::kDouble);

}  // namespace

TEST_CASE("info_nce equals its definition with and without shared pictures") {
  const at::Tensor image = unit_rows(7, 5, 1), text = unit_rows(7, 5, 2);
  const at::Tensor all_different = at::arange(7, at::kLong);
  at::Tensor shared = all_different.clone();
  shared[3] = 0;
  shared[6] = 0;
  for (const at::Tensor& ids : {all_different, shared}) {
    CHECK(info_nce(image, text, kScale, ids).item<double>() == doctest::Approx(slow_info_nce(image, text, 1.7, ids)).epsilon(1e-12));
  }
  CHECK(info_nce(image, text, kScale, shared).item<double>() < info_nce(image, text, kScale, all_different).item<double>());
}

TEST_CASE("info_nce is symmetric in the two sides and blind to the order of pairs") {
  const at::Tensor image = unit_rows(9, 4, 3), text = unit_rows(9, 4, 4), ids = at::arange(9, at::kLong).div(2, "floor");
  const double loss = info_nce(image, text, kScale, ids).item<double>();
  CHECK(info_nce(text, image, kScale, ids).item<double>() == doctest::Approx(loss).epsilon(1e-12));
  const at::Tensor order = at::randperm(9, at::detail::createCPUGenerator(5), at::TensorOptions().dtype(at::kLong));
  CHECK(info_nce(image.index_select(0, order), text.index_select(0, order), kScale, ids.index_select(0, order)).item<double>() ==
        doctest::Approx(loss).epsilon(1e-12));
}

TEST_CASE("info_nce of embeddings that are all alike is the log of the number of choices") {
  const at::Tensor same = at::ones({8, 4}, at::kDouble).div(2);
  CHECK(info_nce(same, same, kScale, at::arange(8, at::kLong)).item<double>() == doctest::Approx(std::log(8.0)).epsilon(1e-12));
  CHECK(info_nce(same, same, kScale, at::zeros({8}, at::kLong)).item<double>() == doctest::Approx(0.0));
}

TEST_CASE("the gradients of info_nce equal finite differences") {
  const at::Tensor ids = at::arange(5, at::kLong).div(2, "floor");
  at::Tensor image = unit_rows(5, 3, 6).requires_grad_(), text = unit_rows(5, 3, 7).requires_grad_();
  at::Tensor log_scale = at::scalar_tensor(0.4, at::kDouble).requires_grad_();
  info_nce(image, text, log_scale, ids).backward();
  const double step = 1e-6;
  const auto check_gradient = [&](const at::Tensor& argument) {
    at::Tensor flat = argument.detach().view({-1});
    const at::Tensor gradient = argument.grad().reshape({-1});
    for (std::int64_t i = 0; i < flat.numel(); ++i) {
      const double before = flat[i].item<double>();
      flat[i] = before + step;
      const double above = info_nce(image, text, log_scale, ids).item<double>();
      flat[i] = before - step;
      const double below = info_nce(image, text, log_scale, ids).item<double>();
      flat[i] = before;
      CHECK(gradient[i].item<double>() == doctest::Approx((above - below) / (2 * step)).epsilon(1e-6));
    }
  };
  check_gradient(image);
  check_gradient(text);
  check_gradient(log_scale);
}

TEST_CASE("info_nce without shared pictures equals the cross-entropies of PyTorch") {
  const auto file = tandem::SafetensorsFile::open(tandem::tests::reference_dir() / "losses" / "info_nce.safetensors");
  at::Tensor image = file.tensor("image").clone().requires_grad_(), text = file.tensor("text").clone().requires_grad_();
  at::Tensor log_scale = file.tensor("log_scale").clone().requires_grad_();
  const at::Tensor loss = info_nce(image, text, log_scale, at::arange(image.size(0), at::kLong));
  loss.backward();
  CHECK(loss.item<float>() == doctest::Approx(file.tensor("loss").item<float>()).epsilon(1e-6));
  CHECK(at::allclose(image.grad(), file.tensor("image_grad"), 1e-5, 1e-7));
  CHECK(at::allclose(text.grad(), file.tensor("text_grad"), 1e-5, 1e-7));
  CHECK(at::allclose(log_scale.grad(), file.tensor("log_scale_grad"), 1e-5, 1e-7));
}

TEST_CASE("info_nce names the argument whose shape does not fit") {
  const at::Tensor image = unit_rows(4, 3, 1), ids = at::arange(4, at::kLong);
  CHECK_THROWS_WITH_AS(info_nce(image, unit_rows(4, 2, 1), kScale, ids), doctest::Contains("info_nce: text must be [4, 3], got [4, 2]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(info_nce(image, image, kScale, at::arange(3, at::kLong)), doctest::Contains("image_id must be [4], got [3]"), c10::ValueError);
  CHECK_THROWS_AS(info_nce(image.slice(0, 0, 0), image.slice(0, 0, 0), kScale, ids.slice(0, 0, 0)), c10::ValueError);
}
