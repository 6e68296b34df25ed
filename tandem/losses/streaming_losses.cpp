#include "tandem/losses/streaming_losses.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_unique2.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/isneginf.h>
#include <ATen/ops/logaddexp.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/util/Exception.h>

#include <tuple>

#include "tandem/base/shape_check.h"
#include "tandem/losses/pair_log_sums.h"
#include "tandem/losses/pair_sigmoid_sum.h"

namespace tandem {
namespace {

/// The rows grouped by picture.
struct Groups {
  at::Tensor of_row;  ///< [B] index of the group
  at::Tensor sizes;   ///< [groups] int64

  explicit Groups(const at::Tensor& id) { std::tie(std::ignore, of_row, sizes) = at::_unique2(id, true, true, true); }

  bool all_single() const { return sizes.size(0) == of_row.size(0); }
  at::Tensor size_of_row() const { return sizes.index_select(0, of_row); }
  /// For each row, the sum of x over the rows of its group: [B, D].
  at::Tensor sums(const at::Tensor& x) const {
    return at::zeros({sizes.size(0), x.size(1)}, x.options()).index_add(0, of_row, x).index_select(0, of_row);
  }
};

Sides sides_of(const PairBatch& batch) {
  return {.left = batch.image,
          .right = batch.text,
          .log_scale = batch.log_scale,
          .left_id = batch.image_id,
          .right_id = batch.image_id};
}

/// A softmax over two or more parts has each part's log-sum; this is the log-sum of all.
/// logaddexp's gradient is NaN if one of them is -infinity.
at::Tensor both(const at::Tensor& one, const at::Tensor& other) {
  const at::Tensor nothing = at::isneginf(other);
  return at::where(nothing, one, at::logaddexp(one, at::where(nothing, one, other)));
}

}  // namespace

at::Tensor streaming_info_nce(const PairBatch& batch, double label_smoothing, const StreamingOptions& options) {
  check_batch("info_nce", batch);
  TORCH_CHECK_VALUE(label_smoothing >= 0 && label_smoothing < 1, "info_nce: label_smoothing must be in [0, 1), got ",
                    label_smoothing);
  const Groups groups(batch.image_id);
  const PairLogSums sums =
      pair_log_sums(sides_of(batch), groups.all_single() ? PairsLeftOut::kNone : PairsLeftOut::kOtherOfOwn, options);
  const at::Tensor normalisers = sums.of_rows + sums.of_columns;
  if (label_smoothing == 0) return (normalisers - 2 * sums.own).mean() / 2;
  // The candidates are everything except the group, plus the own partner. The sum of their
  // similarities is one product of sums.
  const at::Tensor candidates = batch.image.size(0) - groups.size_of_row() + 1;
  const at::Tensor scale = at::exp(batch.log_scale);
  const auto chosen = [&](const at::Tensor& query, const at::Tensor& other) {
    return (query * (other.sum(0, true) - groups.sums(other))).sum(1) * scale + sums.own;
  };
  const at::Tensor even = (chosen(batch.image, batch.text) + chosen(batch.text, batch.image)) / candidates;
  return (normalisers - 2 * (1 - label_smoothing) * sums.own - label_smoothing * even).mean() / 2;
}

at::Tensor streaming_nt_xent(const PairBatch& batch, const StreamingOptions& options) {
  check_batch("nt_xent", batch);
  StreamingOptions third = options;  // three matrices share the room for kept tiles
  third.kept_bytes /= 3;
  const PairLogSums across = pair_log_sums(sides_of(batch), PairsLeftOut::kOtherOfOwn, third);
  const auto among = [&](const at::Tensor& side) {
    return own_side_log_sums(side, batch.log_scale, batch.image_id, third);
  };
  return (both(across.of_rows, among(batch.image)) + both(across.of_columns, among(batch.text)) - 2 * across.own)
             .mean() /
         2;
}

at::Tensor streaming_multi_positive_info_nce(const PairBatch& batch, const StreamingOptions& options) {
  check_batch("multi_positive_info_nce", batch);
  const Groups groups(batch.image_id);
  const PairLogSums sums = pair_log_sums(sides_of(batch), PairsLeftOut::kNone, options);
  if (groups.all_single()) return (sums.of_rows + sums.of_columns - 2 * sums.own).mean() / 2;
  const at::Tensor size = groups.size_of_row();
  const at::Tensor scale = at::exp(batch.log_scale);
  const auto positives = [&](const at::Tensor& query, const at::Tensor& other) {
    return (query * groups.sums(other)).sum(1) * scale / size;
  };
  return (sums.of_rows + sums.of_columns - positives(batch.image, batch.text) - positives(batch.text, batch.image))
             .mean() /
         2;
}

at::Tensor streaming_dcl(const PairBatch& batch, const StreamingOptions& options) {
  check_batch("dcl", batch);
  const PairLogSums sums = pair_log_sums(sides_of(batch), PairsLeftOut::kOwnAndOtherOfOwn, options);
  const at::Tensor apart = sums.of_rows + sums.of_columns - 2 * sums.own;
  return at::where(at::isneginf(sums.of_rows), at::zeros_like(apart), apart).mean() / 2;
}

at::Tensor streaming_siglip(const PairBatch& batch, const at::Tensor& bias, const StreamingOptions& options) {
  check_batch("siglip", batch);
  check_shape("siglip", "bias", bias, {});
  const PairSigmoidSum sum = pair_sigmoid_sum(sides_of(batch), bias, PairsLeftOut::kOwnAndOtherOfOwn, options);
  return (sum.apart + at::softplus(-(sum.own + bias)).sum()) / batch.image.size(0);
}

}  // namespace tandem
