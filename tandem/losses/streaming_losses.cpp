#include "tandem/losses/streaming_losses.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_unique2.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/logaddexp.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/util/Exception.h>

#include <tuple>

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
  at::Tensor sums(const at::Tensor& x) const { return at::zeros({sizes.size(0), x.size(1)}, x.options()).index_add(0, of_row, x).index_select(0, of_row); }
};

at::Tensor own_similarities(const PairBatch& batch) { return (batch.image * batch.text).sum(1) * at::exp(batch.log_scale); }

}  // namespace

at::Tensor streaming_info_nce(const PairBatch& batch, double label_smoothing, const StreamingOptions& options) {
  check_batch("info_nce", batch);
  TORCH_CHECK_VALUE(label_smoothing >= 0 && label_smoothing < 1, "info_nce: label_smoothing must be in [0, 1), got ", label_smoothing);
  const Groups groups(batch.image_id);
  const PairLogSums sums = pair_log_sums(batch.image, batch.text, batch.log_scale, batch.image_id,
                                         groups.all_single() ? PairsLeftOut::kNone : PairsLeftOut::kOtherOfOwn, options);
  const at::Tensor own = own_similarities(batch), normalisers = sums.of_rows + sums.of_columns;
  if (label_smoothing == 0) return (normalisers - 2 * own).mean() / 2;
  // What may be chosen is everything but the group, and the own partner: its sum of similarities is one product of sums.
  const at::Tensor candidates = batch.image.size(0) - groups.size_of_row() + 1;
  const at::Tensor scale = at::exp(batch.log_scale);
  const auto chosen = [&](const at::Tensor& query, const at::Tensor& other) { return (query * (other.sum(0, true) - groups.sums(other))).sum(1) * scale + own; };
  const at::Tensor even = (chosen(batch.image, batch.text) + chosen(batch.text, batch.image)) / candidates;
  return (normalisers - 2 * (1 - label_smoothing) * own - label_smoothing * even).mean() / 2;
}

at::Tensor streaming_nt_xent(const PairBatch& batch, const StreamingOptions& options) {
  check_batch("nt_xent", batch);
  const PairLogSums across = pair_log_sums(batch.image, batch.text, batch.log_scale, batch.image_id, PairsLeftOut::kOtherOfOwn, options);
  const auto among = [&](const at::Tensor& side) {
    return pair_log_sums(side, side, batch.log_scale, batch.image_id, PairsLeftOut::kOwnAndOtherOfOwn, options).of_rows;
  };
  const auto both = [](const at::Tensor& one, const at::Tensor& other) {  // logaddexp's gradient is no number beside -infinity
    const at::Tensor there = at::isfinite(other);
    return at::where(there, at::logaddexp(one, at::where(there, other, one)), one);
  };
  return (both(across.of_rows, among(batch.image)) + both(across.of_columns, among(batch.text)) - 2 * own_similarities(batch)).mean() / 2;
}

at::Tensor streaming_multi_positive_info_nce(const PairBatch& batch, const StreamingOptions& options) {
  check_batch("multi_positive_info_nce", batch);
  const Groups groups(batch.image_id);
  const PairLogSums sums = pair_log_sums(batch.image, batch.text, batch.log_scale, batch.image_id, PairsLeftOut::kNone, options);
  const at::Tensor size = groups.size_of_row(), scale = at::exp(batch.log_scale);
  const auto positives = [&](const at::Tensor& query, const at::Tensor& other) { return (query * groups.sums(other)).sum(1) * scale / size; };
  return (sums.of_rows + sums.of_columns - positives(batch.image, batch.text) - positives(batch.text, batch.image)).mean() / 2;
}

at::Tensor streaming_dcl(const PairBatch& batch, const StreamingOptions& options) {
  check_batch("dcl", batch);
  const PairLogSums sums = pair_log_sums(batch.image, batch.text, batch.log_scale, batch.image_id, PairsLeftOut::kOwnAndOtherOfOwn, options);
  const at::Tensor apart = sums.of_rows + sums.of_columns - 2 * own_similarities(batch);
  return at::where(at::isfinite(sums.of_rows), apart, at::zeros_like(apart)).mean() / 2;
}

}  // namespace tandem
