#include "tandem/losses/streaming_losses.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/diagonal.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "tandem/losses/dcl.h"
#include "tandem/losses/info_nce.h"
#include "tandem/losses/multi_positive_info_nce.h"
#include "tandem/losses/nt_xent.h"
#include "tandem/losses/pair_log_sums.h"
#include "tandem/losses/siglip.h"

using namespace tandem;

namespace {

/// siglip's bias: near enough to the similarities that both answers matter.
at::Tensor bias_of(const PairBatch& batch) { return -batch.log_scale; }

using Loss = std::function<at::Tensor(const PairBatch&)>;

struct Twin {
  const char* name;
  Loss plain;
  std::function<at::Tensor(const PairBatch&, const StreamingOptions&)> streaming;
};

const std::vector<Twin>& twins() {
  static const std::vector<Twin> all = {
      {"info-nce", [](const auto& b) { return info_nce(b); },
       [](const auto& b, const auto& o) { return streaming_info_nce(b, 0, o); }},
      {"smoothed", [](const auto& b) { return info_nce(b, 0.2); },
       [](const auto& b, const auto& o) { return streaming_info_nce(b, 0.2, o); }},
      {"nt-xent", [](const auto& b) { return nt_xent(b); },
       [](const auto& b, const auto& o) { return streaming_nt_xent(b, o); }},
      {"multi-positive", [](const auto& b) { return multi_positive_info_nce(b); },
       [](const auto& b, const auto& o) { return streaming_multi_positive_info_nce(b, o); }},
      {"dcl", [](const auto& b) { return dcl(b); }, [](const auto& b, const auto& o) { return streaming_dcl(b, o); }},
      {"siglip", [](const auto& b) { return siglip(b, bias_of(b)); },
       [](const auto& b, const auto& o) { return streaming_siglip(b, bias_of(b), o); }},
  };
  return all;
}

at::Tensor unit_rows(std::int64_t rows, std::int64_t width, std::uint64_t seed, at::ScalarType type) {
  const at::Tensor x =
      at::randn({rows, width}, at::detail::createCPUGenerator(seed), at::TensorOptions().dtype(at::kDouble));
  return (x / x.norm(2, {1}, true)).to(type);
}

PairBatch batch_of(std::int64_t rows, double log_scale, const at::Tensor& ids, at::ScalarType type = at::kDouble) {
  PairBatch batch{.image = unit_rows(rows, 12, 1, type),
                  .text = unit_rows(rows, 12, 2, type),
                  .log_scale = at::scalar_tensor(log_scale, type),
                  .image_id = ids};
  for (at::Tensor* one : {&batch.image, &batch.text, &batch.log_scale}) one->requires_grad_();
  return batch;
}

struct Answer {
  double value;
  at::Tensor image, text, scale;
};

Answer answer(const PairBatch& batch, const at::Tensor& loss) {
  for (const at::Tensor* one : {&batch.image, &batch.text, &batch.log_scale}) one->mutable_grad().reset();
  (3 * loss).backward();  // a factor on the way back must arrive
  return {.value = loss.item<double>(),
          .image = batch.image.grad().clone(),
          .text = batch.text.grad().clone(),
          .scale = batch.log_scale.grad().clone()};
}

/// Largest difference over the largest value.
double apart(const at::Tensor& one, const at::Tensor& other) {
  return (one - other).abs().max().item<double>() / other.abs().max().item<double>();
}

/// To 1e-9 of the largest value: with a factor of 100 small gradients are differences of large
/// ones.
void check_near(const at::Tensor& one, const at::Tensor& other) {
  CHECK((one - other).abs().max().item<double>() <= 1e-9 * other.abs().max().item<double>() + 1e-12);
}

at::Tensor random_ids(std::int64_t rows, std::int64_t pictures) {
  return at::randint(pictures, {rows}, at::detail::createCPUGenerator(7), at::kLong);
}

}  // namespace

TEST_CASE("streaming losses and their gradients equal the plain ones whatever the tiles and the scale" *
          doctest::test_suite("slow")) {
  for (const std::int64_t rows : {1, 2, 37}) {
    for (const double log_scale : {0.0, 2.6, 4.6}) {  // 4.6: a factor of 100, past the bound of plain exponentials
      for (const at::Tensor& ids : {at::arange(rows, at::kLong), random_ids(rows, 11), at::zeros({rows}, at::kLong)}) {
        const PairBatch batch = batch_of(rows, log_scale, ids);
        for (const Twin& twin : twins()) {
          const Answer plain = answer(batch, twin.plain(batch));
          for (const auto& [tile_rows, tile_columns] :
               {std::pair{512, 1024}, std::pair{5, 7}, std::pair{16, 3}, std::pair{1, 64}}) {
            CAPTURE(twin.name);
            CAPTURE(rows);
            CAPTURE(log_scale);
            CAPTURE(tile_rows);
            for (const std::int64_t kept_bytes :
                 {std::int64_t{0}, std::int64_t{4000}, std::int64_t{1} << 20}) {  // none, some, all tiles
              CAPTURE(kept_bytes);
              const Answer fast = answer(
                  batch, twin.streaming(
                             batch, {.tile_rows = tile_rows, .tile_columns = tile_columns, .kept_bytes = kept_bytes}));
              CHECK(fast.value == doctest::Approx(plain.value).epsilon(1e-10));
              check_near(fast.image, plain.image);
              check_near(fast.text, plain.text);
              CHECK(at::allclose(fast.scale, plain.scale, 1e-9, 1e-12));
            }
          }
        }
      }
    }
  }
}

TEST_CASE("in fp32 streaming losses agree with the plain ones in fp64 to 1e-5" * doctest::test_suite("slow")) {
  for (const double log_scale : {2.66, 4.6}) {
    const at::Tensor ids = random_ids(1500, 600);
    const PairBatch exact = batch_of(1500, log_scale, ids);
    const PairBatch single = batch_of(1500, log_scale, ids, at::kFloat);
    for (const Twin& twin : twins()) {
      CAPTURE(twin.name);
      const Answer plain = answer(exact, twin.plain(exact));
      for (const std::int64_t kept_bytes : {std::int64_t{0}, std::int64_t{1} << 30}) {
        const Answer fast = answer(single, twin.streaming(single, {.kept_bytes = kept_bytes}));
        CHECK(fast.value == doctest::Approx(plain.value).epsilon(1e-5));
        CHECK(apart(fast.image, plain.image) < 1e-5);
        CHECK(apart(fast.text, plain.text) < 1e-5);
        CHECK(apart(fast.scale, plain.scale) < 1e-4);
      }
    }
  }
}

TEST_CASE("products in bf16 leave the loss and the direction of its gradients" * doctest::test_suite("slow")) {
  const PairBatch batch = batch_of(1500, 2.66, random_ids(1500, 600), at::kFloat);
  for (const Twin& twin : twins()) {
    CAPTURE(twin.name);
    const Answer plain = answer(batch, twin.plain(batch));
    const Answer fast = answer(batch, twin.streaming(batch, {.products = Products::kBFloat16}));
    CHECK(fast.value == doctest::Approx(plain.value).epsilon(1e-3));
    const auto cosine = [](const at::Tensor& a, const at::Tensor& b) {
      return ((a * b).sum() / (a.norm() * b.norm())).item<double>();
    };
    CHECK(cosine(fast.image, plain.image) > 0.999);
    CHECK(cosine(fast.text, plain.text) > 0.999);
  }
}

TEST_CASE("the log-sums are those of the matrix, of a rectangle too") {
  const PairBatch batch = batch_of(50, 3.0, random_ids(50, 20));
  const at::Tensor logits = at::matmul(batch.image, batch.text.t()) * batch.log_scale.exp();
  const StreamingOptions small{.tile_rows = 7, .tile_columns = 9};
  const PairLogSums sums = pair_log_sums({.left = batch.image, .right = batch.text, .log_scale = batch.log_scale},
                                         PairsLeftOut::kNone, small);
  CHECK(at::allclose(sums.of_rows, at::logsumexp(logits, {1}), 1e-10, 1e-12));
  CHECK(at::allclose(sums.of_columns, at::logsumexp(logits, {0}), 1e-10, 1e-12));
  CHECK(at::allclose(sums.own, at::diagonal(logits), 1e-10, 1e-12));
  const at::Tensor one = at::zeros({50}, at::kLong);
  const PairLogSums nothing = pair_log_sums(
      {.left = batch.image, .right = batch.text, .log_scale = batch.log_scale, .left_id = one, .right_id = one},
      PairsLeftOut::kOwnAndOtherOfOwn);
  CHECK(nothing.of_rows.eq(-std::numeric_limits<double>::infinity()).all().item<bool>());
}

TEST_CASE("two processes' rows against all columns give the one process's sums and gradients") {
  const PairBatch whole = batch_of(50, 3.0, random_ids(50, 20));
  const StreamingOptions small{.tile_rows = 7, .tile_columns = 9};
  const auto value = [&](const PairLogSums& sums) { return (sums.of_rows - sums.own).sum() + sums.own.pow(2).sum(); };
  const Sides all{.left = whole.image,
                  .right = whole.text,
                  .log_scale = whole.log_scale,
                  .left_id = whole.image_id,
                  .right_id = whole.image_id};
  const Answer together = answer(whole, value(pair_log_sums(all, PairsLeftOut::kOtherOfOwn, small)));
  at::Tensor parts = at::zeros({}, at::kDouble);
  for (const auto& [begin, count] : {std::pair{0, 19}, std::pair{19, 31}}) {
    Sides sides = all;
    sides.left = whole.image.narrow(0, begin, count);
    sides.left_id = whole.image_id.narrow(0, begin, count);
    sides.own_column = begin;
    parts = parts + value(pair_log_sums(sides, PairsLeftOut::kOtherOfOwn, small));
  }
  const Answer apart = answer(whole, parts);
  CHECK(apart.value == doctest::Approx(together.value).epsilon(1e-12));
  CHECK(at::allclose(apart.image, together.image, 1e-9, 1e-12));
  CHECK(at::allclose(apart.text, together.text, 1e-9, 1e-12));
  CHECK(at::allclose(apart.scale, together.scale, 1e-9, 1e-12));
}

TEST_CASE("going back twice through one graph gives the same gradients, though kept tiles are used up") {
  const PairBatch batch = batch_of(50, 3.0, random_ids(50, 20));
  for (const Twin& twin : twins()) {
    CAPTURE(twin.name);
    const at::Tensor loss = twin.streaming(batch, {.tile_rows = 7, .tile_columns = 9});
    batch.image.mutable_grad().reset();
    loss.backward({}, true);
    const at::Tensor once = batch.image.grad().clone();
    loss.backward();
    CHECK(at::allclose(batch.image.grad(), 2 * once, 1e-12, 1e-14));
  }
}

TEST_CASE("only what wants a gradient gets one") {
  PairBatch batch = batch_of(50, 3.0, random_ids(50, 20));
  const Answer both = answer(batch, streaming_info_nce(batch));
  batch.text = batch.text.detach();
  batch.image.mutable_grad().reset();
  (3 * streaming_info_nce(batch)).backward();
  CHECK(at::equal(batch.image.grad(), both.image));
  CHECK_FALSE(batch.text.grad().defined());
}

TEST_CASE("streaming losses have the same bits whatever the number of threads") {
  const int before = at::get_num_threads();
  const PairBatch batch = batch_of(1100, 2.66, random_ids(1100, 600), at::kFloat);
  for (const Twin& twin : twins()) {
    CAPTURE(twin.name);
    at::set_num_threads(1);
    const Answer alone =
        answer(batch, twin.streaming(batch, {.tile_rows = 700, .tile_columns = 900, .kept_bytes = 3 << 20}));
    at::set_num_threads(2);
    const Answer shared =
        answer(batch, twin.streaming(batch, {.tile_rows = 700, .tile_columns = 900, .kept_bytes = 3 << 20}));
    CHECK(alone.value == shared.value);
    CHECK(at::equal(alone.image, shared.image));
    CHECK(at::equal(alone.text, shared.text));
  }
  at::set_num_threads(before);
}

TEST_CASE("a NaN among the rows makes streaming losses NaN") {
  PairBatch batch = batch_of(50, 3.0, at::arange(50, at::kLong), at::kFloat);
  at::Tensor broken = batch.image.detach().clone();
  broken[17][3] = std::numeric_limits<double>::quiet_NaN();
  batch.image = broken.requires_grad_();
  for (const Twin& twin : twins()) CHECK(std::isnan(twin.streaming(batch, {}).item<double>()));
}

TEST_CASE("pair_log_sums names the argument that does not fit") {
  const PairBatch batch = batch_of(4, 1, at::arange(4, at::kLong));
  const Sides sides{.left = batch.image, .right = batch.text, .log_scale = batch.log_scale};
  Sides wrong = sides;
  wrong.right = unit_rows(4, 5, 1, at::kDouble);
  CHECK_THROWS_WITH_AS(pair_log_sums(wrong, PairsLeftOut::kNone),
                       doctest::Contains("right must be [*, 12], got [4, 5]"), c10::ValueError);
  wrong = sides;
  wrong.own_column = 1;
  CHECK_THROWS_WITH_AS(
      pair_log_sums(wrong, PairsLeftOut::kNone),
      doctest::Contains("every row must have its partner among the 4 columns, got rows 4 from column 1"),
      c10::ValueError);
  CHECK_THROWS_WITH_AS(pair_log_sums(sides, PairsLeftOut::kNone, {.products = Products::kBFloat16}),
                       doctest::Contains("must be float32"), c10::ValueError);
  CHECK_THROWS_WITH_AS(pair_log_sums(sides, PairsLeftOut::kNone, {.tile_rows = -1}),
                       doctest::Contains("tiles must not be of less than nothing, got -1 x 0"), c10::ValueError);
  CHECK_THROWS_WITH_AS(pair_log_sums(sides, PairsLeftOut::kNone, {.kept_bytes = -1}),
                       doctest::Contains("kept_bytes must not be negative"), c10::ValueError);
}
