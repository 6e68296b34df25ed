// Classification by class names alone: a picture's class is the one whose prompts are nearest
// (Radford et al. 2021, arXiv:2103.00020, sections 3.1.2 and 3.1.4).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tandem {

/// A class is the mean of its prompts, normalised to unit length: the ensemble of templates in
/// embedding space.
///
///   prompts    [C * T, D]  float32, rows of unit length; the T prompts of a class follow each
///                          other
///   templates  T
///
/// Returns [C, D]. Throws c10::ValueError if the number of rows is not a multiple of T, a value is
/// not finite, or the prompts of a class cancel out.
at::Tensor class_vectors(const at::Tensor& prompts, std::int64_t templates);

struct ClassScore {
  std::int64_t pictures = 0;   ///< pictures of this class
  std::int64_t predicted = 0;  ///< pictures predicted as this class
  std::int64_t right = 0;
  double recall() const {
    return pictures == 0 ? 0 : 100.0 * static_cast<double>(right) / static_cast<double>(pictures);
  }
  double precision() const {
    return predicted == 0 ? 0 : 100.0 * static_cast<double>(right) / static_cast<double>(predicted);
  }
};

/// Recalls are percentages of the pictures. Similarities within kTieMargin are ties, and a tie
/// counts as a miss, in the confusion matrix too.
struct ZeroShotResult {
  double top1 = 0;
  double top5 = 0;                      ///< 100 if there are at most five classes
  double mean_recall = 0;               ///< over the classes that have pictures: top-1 with equal weight per class
  std::vector<ClassScore> classes;      ///< [C]
  at::Tensor confusion;                 ///< [C, C] int64: row the true class, column the predicted
  std::vector<std::int64_t> predicted;  ///< [N]
};

///   image    [N, D]  float32
///   classes  [C, D]  float32, from class_vectors
///   label    [N] int64, rows of `classes`
///
/// Throws c10::ValueError if widths differ, a side is empty, a value is not finite or a label is
/// out of range.
ZeroShotResult classify(const at::Tensor& image, const at::Tensor& classes, const at::Tensor& label);

}  // namespace tandem
