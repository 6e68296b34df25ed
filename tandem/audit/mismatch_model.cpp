#include "tandem/audit/mismatch_model.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/isinf.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mv.h>
#include <ATen/ops/nan_to_num.h>
#include <ATen/ops/nanmean.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

constexpr double kFirstShare = 0.05;
constexpr double kLogisticRidge =
    1e-4;  // On standardised evidence and per pair: it only keeps collinear columns apart.
constexpr int kNewtonSteps = 25, kRounds = 200;
constexpr double kSettled = 1e-6;

/// Both sides with the columns at mean 0 and deviation 1 over all rows; what is missing or never
/// varies becomes 0.
at::Tensor standardised(const at::Tensor& rows) {
  const at::Tensor centred = rows - at::nanmean(rows, at::IntArrayRef{0}, /*keepdim=*/true);
  const at::Tensor deviation = at::nanmean(centred.square(), at::IntArrayRef{0}, /*keepdim=*/true).sqrt();
  return at::nan_to_num(at::where(deviation > 1e-12, centred / deviation.clamp_min(1e-12), 0.0), 0.0);
}

/// Newton's method on the weighted logistic loss with a small ridge; the last column of `rows` is
/// the constant.
at::Tensor fit_logistic(const at::Tensor& rows, const at::Tensor& target, const at::Tensor& weight, at::Tensor beta) {
  const double total = weight.sum().item<double>();
  at::Tensor ridge = at::eye(rows.size(1), rows.options()) * (kLogisticRidge * total);
  ridge[-1][-1] = 1e-9 * total;
  for (int step = 0; step < kNewtonSteps; ++step) {
    const at::Tensor p = at::sigmoid(at::mv(rows, beta));
    const at::Tensor gradient = at::mv(rows.t(), weight * (p - target)) + at::mv(ridge, beta);
    const at::Tensor curvature = at::matmul(rows.t(), rows * (weight * p * (1 - p)).unsqueeze(1)) + ridge;
    const at::Tensor change = at::linalg_solve(curvature, gradient);
    beta = beta - change;
    if (change.abs().max().item<double>() < kSettled) break;
  }
  return beta;
}

}  // namespace

MismatchModel fit_mismatch_model(const at::Tensor& own, const at::Tensor& mismatched) {
  check_shape("fit_mismatch_model", "own", own, {kAnySize, kAnySize});
  check_shape("fit_mismatch_model", "mismatched", mismatched, {kAnySize, own.size(1)});
  TORCH_CHECK_VALUE(own.size(0) > 0 && mismatched.size(0) > 0, "fit_mismatch_model: both sides need a row, got own ",
                    shape_text(own), ", mismatched ", shape_text(mismatched));
  TORCH_CHECK_VALUE(!at::isinf(own).any().item<bool>() && !at::isinf(mismatched).any().item<bool>(),
                    "fit_mismatch_model: evidence must not be infinite");
  const c10::InferenceMode no_gradients;
  const std::int64_t pairs = own.size(0);
  const std::int64_t certain = mismatched.size(0);
  const auto n = static_cast<double>(pairs);
  const at::Tensor rows = standardised(at::cat({own, mismatched}).to(at::kDouble));
  const at::Tensor unknown = at::cat({rows.narrow(0, 0, pairs), at::ones({pairs, 1}, at::kDouble)}, 1);
  const at::Tensor wrong = at::cat({rows.narrow(0, pairs, certain), at::ones({certain, 1}, at::kDouble)}, 1);
  // Certain mismatches weigh as much as all own pairs together, however many there are.
  const at::Tensor all = at::cat({unknown, wrong});
  const at::Tensor weight =
      at::cat({at::ones({pairs}, at::kDouble), at::full({certain}, n / static_cast<double>(certain), at::kDouble)});
  at::Tensor beta = at::zeros({all.size(1)}, at::kDouble);
  at::Tensor log_odds;
  double share = kFirstShare;
  at::Tensor responsibility = at::full({pairs}, share, at::kDouble);
  for (int round = 0; round < kRounds; ++round) {
    beta = fit_logistic(all, at::cat({responsibility, at::ones({certain}, at::kDouble)}), weight, beta);
    // In the fit, mismatches are n certain ones and share * n own ones; among own pairs they are
    // share * n.
    log_odds = at::mv(unknown, beta) + std::log(share / (1 + share));
    responsibility = at::sigmoid(log_odds);
    const double before = share;
    share = std::clamp(responsibility.mean().item<double>(), 1 / (2 * n), 1 - 1 / (2 * n));
    if (std::abs(share - before) < kSettled) break;
  }
  const at::Tensor weights = beta.narrow(0, 0, own.size(1)).contiguous();
  return {.weights =
              std::vector<double>(weights.const_data_ptr<double>(), weights.const_data_ptr<double>() + weights.numel()),
          .wrong_share = share,
          .log_odds = log_odds};
}

}  // namespace tandem
