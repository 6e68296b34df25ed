// The probability that a row picks another row as its neighbour (van der Maaten & Hinton 2008,
// equations 1 and 2).
#pragma once

#include <cstdint>
#include <vector>

#include "tandem/maps/nearest_neighbours.h"

namespace tandem {

/// Probabilities p(j | i) proportional to exp(-beta_i d_ij^2), where each beta_i is chosen by
/// bisection so that the entropy of row i is the logarithm of the perplexity.
///
///   squared_distance  [N, k]  float32, ascending along a row
///   perplexity        effective number of neighbours, from 1 to k
///
/// Returns [N, k] in float64; every row sums to 1. If more than `perplexity` neighbours are equally
/// near, no beta fits: the nearest then share the probability.
/// Throws c10::ValueError if perplexity is out of range.
at::Tensor neighbour_probabilities(const at::Tensor& squared_distance, double perplexity);

/// A sparse N x N matrix, row by row, with columns in ascending order.
struct SparseRows {
  std::vector<std::int64_t> row_begin;  ///< [N + 1] where each row starts in `column` and `value`
  std::vector<std::int32_t> column;
  std::vector<float> value;
};

/// The joint probabilities p_ij = (p(j | i) + p(i | j)) / 2N, which sum to 1.
///
///   neighbour    [N, k]  int64
///   probability  [N, k]  float64
SparseRows joint_probabilities(const at::Tensor& neighbour, const at::Tensor& probability);

}  // namespace tandem
