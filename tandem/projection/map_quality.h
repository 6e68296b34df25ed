// How faithful a map is to what it maps.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// Trustworthiness (Venna & Kaski 2001): 1 minus a penalty for every neighbour on the map that is none in the
/// original space, by how far down it ranks there.
///
///   rows  [N, D]  floating point
///   map   [N, d]  floating point
///   k     neighbours looked at, below N / 2
///
/// Returns a value from 0 to 1. Takes O(N^2 (D + log N)) time, O(N) memory a thread.
/// Throws c10::ValueError if shapes differ, a value is not finite or k is out of range.
double trustworthiness(const at::Tensor& rows, const at::Tensor& map, std::int64_t k = 5);

/// Distances on the map between the two halves of a pair.
struct PairDistance {
  double paired = 0;  ///< mean distance of a caption to its own picture
  double random = 0;  ///< mean distance of a caption to every picture; 1 pair in N of these is a true one
};

/// Whether the two sides of the map have found each other: paired should be well below random.
///
///   image_points   [N, 2]
///   text_points    [M, 2]
///   image_of_text  [M] int64: row of image_points that caption describes
///
/// Throws c10::ValueError if shapes differ, a value is not finite, either side is empty, or a row is out of
/// range.
PairDistance pair_distance(const at::Tensor& image_points, const at::Tensor& text_points,
                           const at::Tensor& image_of_text);

}  // namespace tandem
