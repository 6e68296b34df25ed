// Principal components of wide rows without their D x D covariance (Halko, Martinsson & Tropp 2011,
// arXiv:0909.4061, algorithm 4.4, on the side of the columns).
#pragma once

#include <cstdint>

#include "tandem/maps/pca.h"

namespace tandem {

struct RandomisedPcaOptions {
  std::int64_t oversampling = 10;  ///< directions computed in addition to the k requested
  int power_iterations = 6;  ///< passes over the rows, each turning the directions towards the variance; at least 1
  std::uint64_t seed = 0;    ///< of the initial directions
};

/// Approximately fit_pca: the subspace is exact up to (variance after the last computed direction /
/// variance of the k-th)^power_iterations. So a spectrum that decreases is found to many digits, a
/// flat one is not.
///
///   rows  [N, D]  floating point
///   k     1 to D
///
/// Takes O(N D (k + oversampling) power_iterations) time, and memory for a few tiles and D (k +
/// oversampling) numbers. The same rows and seed give the same bits whatever the number of threads.
/// Throws as fit_pca does.
Pca fit_pca_randomised(const at::Tensor& rows, std::int64_t k, const RandomisedPcaOptions& options = {});

}  // namespace tandem
