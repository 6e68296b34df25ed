// Measures whether a few candidates are in the results of very many queries: hubness, the skewness
// of k-occurrence (Radovanovic, Nanopoulos & Ivanovic 2010, JMLR 11, section 2).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// How often each row of the gallery is among the k nearest of a query, [N] int64; the counts sum
/// to Q * k.
///
///   query    [Q, D]  float32
///   gallery  [N, D]  float32; nearest is the largest dot product, any of equal ones
///   k        1 to N
///
/// Similarities are computed in tiles. Throws c10::ValueError if widths differ, a side is empty, a
/// value is not finite or k is out of range.
at::Tensor k_occurrence(const at::Tensor& query, const at::Tensor& gallery, std::int64_t k);

struct Hubness {
  double skewness = 0;     ///< third standardised moment of the k-occurrence (of the population); 0 if it is constant
  double never_found = 0;  ///< share of the gallery that is among no query's k nearest
  std::int64_t most = 0;   ///< the largest k-occurrence
};

///   occurrence  [N] int64, N at least 1
Hubness summarise_hubness(const at::Tensor& occurrence);

/// k_occurrence, then summarise_hubness.
Hubness measure_hubness(const at::Tensor& query, const at::Tensor& gallery, std::int64_t k);

/// The k that papers report.
inline constexpr std::int64_t kUsualOccurrence = 10;

}  // namespace tandem
