#include "tandem/losses/tile_operators.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/isneginf.h>
#include <ATen/ops/ne.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include <limits>

namespace tandem::tile_operators {
namespace {

/// Writes `value` over the entries that take no part.
void strike(const at::Tensor& tile, const TakingPart& part, double value) {
  if (!part.row_group.defined()) return;
  at::Tensor out = at::eq(part.row_group.unsqueeze(1), part.column_group.unsqueeze(0));
  if (part.own_stays) {
    const auto index = [&](std::int64_t count) { return at::arange(count, part.row_group.options().dtype(at::kLong)); };
    out.logical_and_(at::ne(index(tile.size(0)).unsqueeze(1) + part.own_column, index(tile.size(1)).unsqueeze(0)));
  }
  tile.masked_fill_(out, value);
}

void shifted_sum(const at::Tensor& tile, std::int64_t dimension, const at::Tensor& largest, const at::Tensor& sum) {
  largest.copy_(at::amax(tile, {dimension}));
  const at::Tensor over = at::where(at::isneginf(largest), at::zeros_like(largest), largest);
  sum.copy_((tile - over.unsqueeze(dimension)).exp_().sum(dimension));
}

}  // namespace

void plain_sums(const at::Tensor& tile, const TakingPart& part, const TileSums& sums) {
  tile.exp_();
  strike(tile, part, 0);
  sums.row_sum.copy_(tile.sum(1));
  sums.column_sum.copy_(tile.sum(0));
}

void shifted_sums(const at::Tensor& tile, const TakingPart& part, const TileSums& sums) {
  strike(tile, part, -std::numeric_limits<double>::infinity());
  shifted_sum(tile, 1, sums.row_largest, sums.row_sum);
  shifted_sum(tile, 0, sums.column_largest, sums.column_sum);
}

void weigh_logits(const at::Tensor& tile, const TakingPart& part, const at::Tensor& row_share,
                  const at::Tensor& column_share) {
  tile.exp_();
  strike(tile, part, 0);
  weigh_exponentials(tile, row_share, column_share);
}

void weigh_exponentials(const at::Tensor& tile, const at::Tensor& row_share, const at::Tensor& column_share) {
  tile.mul_(row_share.unsqueeze(1) + column_share.unsqueeze(0));
}

void weigh_shifted(const at::Tensor& tile, const TakingPart& part, const LogGradients& gradients) {
  const at::Tensor of_columns =
      (tile - gradients.column_log.unsqueeze(0)).exp_().mul_(gradients.column_gradient.unsqueeze(0));
  tile.sub_(gradients.row_log.unsqueeze(1)).exp_().mul_(gradients.row_gradient.unsqueeze(1)).add_(of_columns);
  strike(tile, part, 0);
}

double softplus_sum(const at::Tensor& tile, const TakingPart& part, double bias) {
  const at::Tensor logits = tile + bias;
  strike(logits, part, -std::numeric_limits<double>::infinity());
  return at::softplus(logits).sum(at::kDouble).item<double>();
}

double weigh_sigmoid(const at::Tensor& tile, const TakingPart& part, double bias, double weight) {
  tile.add_(bias).sigmoid_().mul_(weight);
  strike(tile, part, 0);
  return tile.sum(at::kDouble).item<double>();
}

}  // namespace tandem::tile_operators
