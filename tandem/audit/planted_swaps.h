// Plants wrong captions on purpose, to measure how many of them a list of suspects finds.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

struct PlantedSwaps {
  at::Tensor text_of_place;  ///< [M] int64: the caption now at each place; its own where nothing was planted
  at::Tensor planted;        ///< [M] bool
};

/// Permutes round(share * M) single captions among the same number of different pictures, so that
/// each of them is with a picture that is not its own. The picture's other captions stay right. The
/// pictures, and which caption each gives away, are drawn at random.
///
///   image_of_text  [M] int64
///
/// Throws c10::ValueError if that is fewer than two captions or more captions than pictures.
PlantedSwaps plant_swaps(const at::Tensor& image_of_text, double share, std::uint64_t seed);

/// How well descending scores find the marked rows: the mean over marked rows of the precision down
/// to their score. Equal scores are one step, as in scikit-learn's average_precision_score. Random
/// scores give the share of marked rows on average.
///
///   score   [M] float64 or float32
///   marked  [M] bool
///
/// Throws c10::ValueError if sizes differ, nothing is marked or a score is NaN.
double average_precision(const at::Tensor& score, const at::Tensor& marked);

}  // namespace tandem
