#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randperm.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>

#include "tandem/losses/contrastive_loss.h"
#include "tandem/losses/info_nce.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

at::Tensor unit_rows(std::int64_t rows, std::int64_t width, std::uint64_t seed) {
  const at::Tensor x =
      at::randn({rows, width}, at::detail::createCPUGenerator(seed), at::TensorOptions().dtype(at::kDouble));
  return x / x.norm(2, {1}, true);
}

struct Case {
  PairBatch batch;
  LossExtras extras;
};

Case random_case(std::int64_t rows, const at::Tensor& ids) {
  return {.batch = {.image = unit_rows(rows, 4, 1),
                    .text = unit_rows(rows, 4, 2),
                    .log_scale = at::scalar_tensor(1.7, at::kDouble),
                    .image_id = ids},
          .extras = {.bias = at::scalar_tensor(-1.0, at::kDouble),
                     .image_features = unit_rows(rows, 3, 3),
                     .text_features = unit_rows(rows, 5, 4)}};
}

Case reordered(const Case& one, const at::Tensor& order) {
  const auto rows = [&](const at::Tensor& tensor) { return tensor.index_select(0, order); };
  return {.batch = {.image = rows(one.batch.image),
                    .text = rows(one.batch.text),
                    .log_scale = one.batch.log_scale,
                    .image_id = rows(one.batch.image_id)},
          .extras = {.bias = one.extras.bias,
                     .image_features = rows(one.extras.image_features),
                     .text_features = rows(one.extras.text_features)}};
}

std::vector<LossOptions> all_losses() {
  std::vector<LossOptions> losses;
  for (const std::string& name : loss_names()) losses.push_back({.kind = *loss_named(name)});
  losses.push_back({.kind = LossKind::kInfoNce, .label_smoothing = 0.1});
  for (std::size_t i = 0, count = losses.size(); i < count; ++i) {  // the same in tiles, small ones
    if (!has_tiles(losses[i].kind)) continue;
    LossOptions tiled = losses[i];
    tiled.tiles_from = 1;
    tiled.streaming = {.tile_rows = 2, .tile_columns = 4};
    losses.push_back(tiled);
  }
  return losses;
}

std::string name_of(const LossOptions& loss) {
  return std::string(loss_name(loss.kind)) + (loss.label_smoothing > 0 ? "-smoothed" : "");
}

const at::Tensor kShared = at::tensor({0, 1, 1, 2, 0, 3, 4, 0, 5}, at::kLong);

}  // namespace

TEST_CASE("every loss and its gradients equal PyTorch's, with pictures that come once and several times") {
  const auto file = SafetensorsFile::open(tests::reference_dir() / "losses" / "losses.safetensors");
  for (const char* kind : {"alone", "shared"}) {
    for (const LossOptions& loss : all_losses()) {
      const std::string prefix = std::string(kind) + "." + name_of(loss) + ".";
      CAPTURE(prefix);
      const auto leaf = [&](const char* name) { return file.tensor(name).clone().requires_grad_(); };
      const at::Tensor image = leaf("image");
      const at::Tensor text = leaf("text");
      const at::Tensor log_scale = leaf("log_scale");
      const at::Tensor bias = leaf("bias");
      const at::Tensor value =
          contrastive_loss(loss, {.image = image, .text = text, .log_scale = log_scale, .image_id = file.tensor(kind)},
                           {.bias = bias,
                            .image_features = file.tensor("image_features"),
                            .text_features = file.tensor("text_features")});
      value.backward();
      CHECK(value.item<float>() == doctest::Approx(file.tensor(prefix + "value").item<float>()).epsilon(2e-6));
      CHECK(at::allclose(image.grad(), file.tensor(prefix + "image"), 1e-5, 1e-6));
      CHECK(at::allclose(text.grad(), file.tensor(prefix + "text"), 1e-5, 1e-6));
      CHECK(uses_scale(loss.kind) == file.has(prefix + "log_scale"));
      if (uses_scale(loss.kind)) CHECK(at::allclose(log_scale.grad(), file.tensor(prefix + "log_scale"), 1e-5, 1e-6));
      CHECK((loss.kind == LossKind::kSigLip) == file.has(prefix + "bias"));
      if (loss.kind == LossKind::kSigLip) CHECK(at::allclose(bias.grad(), file.tensor(prefix + "bias"), 1e-5, 1e-6));
    }
  }
}

TEST_CASE("every loss is symmetric in the two sides and blind to the order of pairs") {
  const Case one = random_case(9, kShared);
  Case swapped = one;
  std::swap(swapped.batch.image, swapped.batch.text);
  std::swap(swapped.extras.image_features, swapped.extras.text_features);
  const Case other =
      reordered(one, at::randperm(9, at::detail::createCPUGenerator(5), at::TensorOptions().dtype(at::kLong)));
  for (const LossOptions& loss : all_losses()) {
    CAPTURE(name_of(loss));
    const double value = contrastive_loss(loss, one.batch, one.extras).item<double>();
    CHECK(contrastive_loss(loss, swapped.batch, swapped.extras).item<double>() ==
          doctest::Approx(value).epsilon(1e-12));
    CHECK(contrastive_loss(loss, other.batch, other.extras).item<double>() == doctest::Approx(value).epsilon(1e-12));
  }
}

TEST_CASE("the gradients of every loss equal finite differences" * doctest::test_suite("slow")) {
  const Case base = random_case(9, kShared);
  for (const LossOptions& loss : all_losses()) {
    CAPTURE(name_of(loss));
    Case one = base;
    for (at::Tensor* argument : {&one.batch.image, &one.batch.text, &one.batch.log_scale, &one.extras.bias})
      *argument = argument->clone().requires_grad_();
    contrastive_loss(loss, one.batch, one.extras).backward();
    const double step = 1e-6;
    for (const at::Tensor& argument : {one.batch.image, one.batch.text, one.batch.log_scale, one.extras.bias}) {
      at::Tensor flat = argument.detach().view({-1});
      const at::Tensor gradient = argument.grad().defined() ? argument.grad().reshape({-1}) : at::zeros_like(flat);
      for (std::int64_t i = 0; i < flat.numel(); ++i) {
        const double before = flat[i].item<double>();
        flat[i] = before + step;
        const double above = contrastive_loss(loss, one.batch, one.extras).item<double>();
        flat[i] = before - step;
        const double below = contrastive_loss(loss, one.batch, one.extras).item<double>();
        flat[i] = before;
        REQUIRE(gradient[i].item<double>() == doctest::Approx((above - below) / (2 * step)).epsilon(1e-5));
      }
    }
  }
}

TEST_CASE("embeddings that tell nothing apart cost what choosing blindly costs") {
  Case one = random_case(8, at::arange(8, at::kLong));
  one.batch.image = one.batch.text = at::ones({8, 4}, at::kDouble).div(2);
  const auto value = [&](LossKind kind) {
    return contrastive_loss({.kind = kind, .soft_weight = 0.5}, one.batch, one.extras).item<double>();
  };
  CHECK(value(LossKind::kInfoNce) == doctest::Approx(std::log(8.0)).epsilon(1e-12));
  CHECK(value(LossKind::kNtXent) == doctest::Approx(std::log(15.0)).epsilon(1e-12));
  CHECK(value(LossKind::kMultiPositive) == doctest::Approx(std::log(8.0)).epsilon(1e-12));
  CHECK(value(LossKind::kDcl) == doctest::Approx(std::log(7.0)).epsilon(1e-12));
  CHECK(value(LossKind::kSoftTarget) == doctest::Approx(std::log(8.0)).epsilon(1e-12));
  CHECK(value(LossKind::kHardestHinge) == doctest::Approx(0.4).epsilon(1e-12));
  CHECK(value(LossKind::kSumHinge) == doctest::Approx(0.4 * 7).epsilon(1e-12));
}

TEST_CASE("a batch of one picture has nothing to push away and stays finite") {
  Case one = random_case(4, at::zeros({4}, at::kLong));
  for (const LossOptions& loss : all_losses()) {
    CAPTURE(name_of(loss));
    one.batch.image = one.batch.image.detach().requires_grad_();
    const at::Tensor value = contrastive_loss(loss, one.batch, one.extras);
    CHECK(std::isfinite(value.item<double>()));
    if (loss.kind == LossKind::kInfoNce) CHECK(value.item<double>() == doctest::Approx(0.0));
    value.backward();
    if (one.batch.image.grad().defined()) CHECK(one.batch.image.grad().isfinite().all().item<bool>());
  }
}

TEST_CASE("shared pictures are never pushed away") {
  // The gradient descends along similarities: that of a shared pair must not fall. Rows 0 and 1
  // show one picture.
  const at::Tensor ids = at::tensor({0, 0, 1, 2}, at::kLong);
  for (const LossOptions& loss : all_losses()) {
    CAPTURE(name_of(loss));
    Case one = random_case(4, ids);
    const double step = 1e-4;
    // Turn caption 1 alone towards picture 0 in a space where nothing else of it changes: one more
    // dimension for each.
    const auto with_similarity = [&](double extra) {
      Case wide = one;
      at::Tensor image = at::zeros({4, 5}, at::kDouble);
      at::Tensor text = at::zeros({4, 5}, at::kDouble);
      image.slice(1, 0, 4).copy_(one.batch.image);
      text.slice(1, 0, 4).copy_(one.batch.text);
      image[0][4] = 1;
      text[1][4] = extra;
      wide.batch.image = image;
      wide.batch.text = text;
      return contrastive_loss(loss, wide.batch, wide.extras).item<double>();
    };
    if (loss.kind == LossKind::kNtXent)
      continue;  // its captions among themselves are compared in the test against PyTorch
    CHECK(with_similarity(step) <= with_similarity(0) + 1e-12);
  }
}

TEST_CASE("a loss names the argument that does not fit") {
  const Case one = random_case(4, at::arange(4, at::kLong));
  PairBatch wrong = one.batch;
  wrong.text = unit_rows(4, 2, 1);
  CHECK_THROWS_WITH_AS(info_nce(wrong), doctest::Contains("info_nce: text must be [4, 4], got [4, 2]"),
                       c10::ValueError);
  wrong = one.batch;
  wrong.image_id = at::arange(3, at::kLong);
  for (const LossOptions& loss : all_losses())
    CHECK_THROWS_WITH_AS(contrastive_loss(loss, wrong, one.extras), doctest::Contains("image_id must be [4], got [3]"),
                         c10::ValueError);
  wrong = {.image = one.batch.image.slice(0, 0, 0),
           .text = one.batch.text.slice(0, 0, 0),
           .log_scale = one.batch.log_scale,
           .image_id = one.batch.image_id.slice(0, 0, 0)};
  CHECK_THROWS_AS(info_nce(wrong), c10::ValueError);
  CHECK_THROWS_WITH_AS(info_nce(one.batch, 1), doctest::Contains("label_smoothing must be in [0, 1)"), c10::ValueError);
  CHECK_THROWS_WITH_AS(contrastive_loss({.kind = LossKind::kSumHinge, .margin = 0}, one.batch),
                       doctest::Contains("margin must be positive"), c10::ValueError);
  CHECK_THROWS_WITH_AS(contrastive_loss({.kind = LossKind::kSoftTarget, .soft_weight = 2}, one.batch, one.extras),
                       doctest::Contains("weight must be in [0, 1]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(
      contrastive_loss({.kind = LossKind::kSumHinge, .streaming = {.products = Products::kBFloat16}}, one.batch),
      doctest::Contains("need a loss that is computed in tiles, got hinge-sum"), c10::ValueError);
  CHECK_FALSE(loss_named("triplet"));
}
