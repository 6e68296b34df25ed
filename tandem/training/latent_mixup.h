// Mixup of features with one share for both sides (FuseMix: Vouitsis et al. 2024, arXiv:2312.10144,
// section 4.2, after Zhang et al. 2018, arXiv:1710.09412): a mixture of two pictures belongs to the
// same mixture of their captions.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// How the rows of one batch are mixed.
struct Mixing {
  at::Tensor partner;  ///< [B] int64, a permutation; undefined: nothing is mixed
  double share = 1;    ///< of a row itself, in [1/2, 1]; its partner has the rest

  /// share features[rows[i]] + (1 - share) features[rows[partner[i]]] for i in [begin, begin +
  /// count).
  ///
  ///   features  [N, F]
  ///   rows      [B] int64, on the features' device
  at::Tensor rows_of(const at::Tensor& features, const at::Tensor& rows, std::int64_t begin, std::int64_t count) const;
};

/// One share a batch, from Beta(alpha, alpha), the larger half: every row is mostly itself, and is
/// the picture it is mostly of when captions of one picture are kept from being each other's
/// negatives. alpha 0 mixes nothing.
Mixing draw_mixing(std::int64_t batch_rows, double alpha, std::uint64_t seed);

}  // namespace tandem
