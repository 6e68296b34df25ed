#include "tandem/audit/mismatch_model.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "analysis/toy_gallery.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// Right pairs lie at +1.5, wrong ones at -1.5 with deviation 1; the second column tells nothing.
at::Tensor evidence(std::int64_t right, std::int64_t wrong, std::uint64_t seed) {
  const at::Tensor rows = drawn({right + wrong, 2}, seed).to(at::kDouble);
  rows.select(1, 0).narrow(0, 0, right).add_(1.5);
  rows.select(1, 0).narrow(0, right, wrong).sub_(1.5);
  return rows;
}

}  // namespace

TEST_CASE("the model finds the share of wrong pairs and their odds without a label" * doctest::test_suite("slow")) {
  for (const double share : {0.02, 0.1, 0.4}) {
    CAPTURE(share);
    const auto wrong = static_cast<std::int64_t>(10000 * share);
    const at::Tensor own = evidence(10000 - wrong, wrong, 1);
    const MismatchModel model = fit_mismatch_model(own, evidence(0, 20000, 2));
    CHECK(std::abs(model.wrong_share - share) < 0.15 * share + 0.002);
    // Two normal distributions of deviation 1, 3 apart: the log likelihood ratio is -3 x.
    const at::Tensor expected = own.select(1, 0) * -3 + std::log(share / (1 - share));
    CHECK((model.log_odds - expected).abs().mean().item<double>() < 0.75);
    CHECK(model.weights[0] < -1);
    CHECK(std::abs(model.weights[1]) < 0.2);
  }
}

TEST_CASE("data without wrong pairs get hardly any" * doctest::test_suite("slow")) {
  const MismatchModel model = fit_mismatch_model(evidence(5000, 0, 1), evidence(0, 5000, 2));
  CHECK(model.wrong_share < 0.01);
  CHECK((model.log_odds > 0).sum().item<std::int64_t>() < 20);
}

TEST_CASE("evidence that is missing or never varies speaks for nothing" * doctest::test_suite("slow")) {
  const at::Tensor own = evidence(900, 100, 1);
  const at::Tensor wrong = evidence(0, 1000, 2);
  const auto with = [](const at::Tensor& rows, double value) {
    return at::cat({rows, at::full({rows.size(0), 1}, value, at::kDouble)}, 1);
  };
  const MismatchModel plain = fit_mismatch_model(own, wrong);
  const MismatchModel constant = fit_mismatch_model(with(own, 3), with(wrong, 3));
  const MismatchModel missing = fit_mismatch_model(with(own, std::nan("")), with(wrong, std::nan("")));
  CHECK(constant.log_odds.allclose(plain.log_odds, 1e-6, 1e-6));
  CHECK(missing.log_odds.allclose(plain.log_odds, 1e-6, 1e-6));
  CHECK(constant.weights[2] == doctest::Approx(0));
}

TEST_CASE("evidence is invariant to units and columns that say the same do no harm" * doctest::test_suite("slow")) {
  const at::Tensor own = evidence(900, 100, 1);
  const at::Tensor wrong = evidence(0, 1000, 2);
  const MismatchModel plain = fit_mismatch_model(own, wrong);
  const MismatchModel scaled = fit_mismatch_model(own * 1e4 - 7, wrong * 1e4 - 7);
  CHECK(scaled.log_odds.allclose(plain.log_odds, 1e-4, 1e-4));
  const MismatchModel twice = fit_mismatch_model(at::cat({own, own}, 1), at::cat({wrong, wrong}, 1));
  CHECK((twice.log_odds - plain.log_odds).abs().max().item<double>() < 0.3);
}

TEST_CASE("the model refuses what does not fit") {
  const at::Tensor rows = evidence(5, 5, 1);
  CHECK_THROWS_WITH_AS(fit_mismatch_model(rows, rows.narrow(1, 0, 1)), doctest::Contains("mismatched must be [*, 2]"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(fit_mismatch_model(rows, rows.narrow(0, 0, 0)), doctest::Contains("both sides need a row"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(fit_mismatch_model(rows / at::zeros({1}, at::kDouble), rows), doctest::Contains("infinite"),
                       c10::ValueError);
}
