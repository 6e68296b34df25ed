// Wrong captions put in on purpose, to see how many of them a list of suspects finds.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

struct PlantedSwaps {
  at::Tensor text_of_place;  ///< [M] int64: the caption that stands at each place now; itself where nothing was planted
  at::Tensor planted;        ///< [M] bool
};

/// Permutes round(share * M) single captions among as many different pictures, so that each of them
/// stands with a picture that is not its own and the picture's other captions remain right. The
/// pictures, and which of its captions each gives away, are drawn.
///
///   image_of_text  [M] int64
///
/// Throws c10::ValueError if that is less than two captions or more captions than pictures.
PlantedSwaps plant_swaps(const at::Tensor& image_of_text, double share, std::uint64_t seed);

/// How well falling scores find what is marked: the mean over marked rows of the precision down to
/// their score. Equal scores are one step, as in scikit-learn's average_precision_score. At random
/// it is the share of marked rows on average.
///
///   score   [M] float64 or float32
///   marked  [M] bool
///
/// Throws c10::ValueError if sizes differ, nothing is marked or a score is NaN.
double average_precision(const at::Tensor& score, const at::Tensor& marked);

}  // namespace tandem
