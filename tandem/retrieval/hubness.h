// Do a few candidates turn up in everybody's answers? Hubness, measured by the skewness of
// k-occurrence (Radovanovic, Nanopoulos & Ivanovic 2010, JMLR 11, section 2).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// How often each row of the gallery is among the k nearest of a query, [N] int64; the counts sum
/// to Q * k.
///
///   query    [Q, D]  float32
///   gallery  [N, D]  float32; nearest is the largest dot product, of equal ones any
///   k        1 to N
///
/// Similarities are computed in tiles. Throws c10::ValueError if widths differ, a side is empty, a
/// value is not finite or k is out of range.
at::Tensor k_occurrence(const at::Tensor& query, const at::Tensor& gallery, std::int64_t k);

struct Hubness {
  double skewness = 0;  ///< third standardised moment of the k-occurrence (of the population); 0 where it does not vary
  double never_found = 0;  ///< share of the gallery that is in nobody's k nearest
  std::int64_t most = 0;   ///< the largest k-occurrence
};

///   occurrence  [N] int64, N at least 1
Hubness summarise_hubness(const at::Tensor& occurrence);

/// Both in one.
Hubness measure_hubness(const at::Tensor& query, const at::Tensor& gallery, std::int64_t k);

/// The k that papers report.
inline constexpr std::int64_t kUsualOccurrence = 10;

}  // namespace tandem
