// The weights of the runs in an ensemble, and their choice on dev.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "tandem/base/progress.h"

namespace tandem {

/// The embeddings of dev by one run, or by several runs side by side.
struct DevEmbeddings {
  at::Tensor image;  ///< [N, D] rows of unit length
  at::Tensor text;   ///< [M, D] rows of unit length
};

/// The runs' embeddings side by side, each scaled by the square root of its share of the weights.
/// Up to rounding, an ensemble with these weights gives the same embeddings (head_ensemble.h).
///
///   runs     [R]  with equal N and M; their widths D may differ
///   weights  [R]  above 0
DevEmbeddings side_by_side(const std::vector<DevEmbeddings>& runs, const std::vector<double>& weights);

/// Mean of the six recalls in percent, measured on the weighted mean of the runs' similarities.
///
///   image_of_text  [M] int64
double weighted_recall(const std::vector<DevEmbeddings>& runs, const std::vector<double>& weights,
                       const at::Tensor& image_of_text);

struct ChosenWeights {
  std::vector<double> weights;  ///< one per run
  double recall = 0;            ///< weighted_recall with these weights, percent
};

/// The weights with the best weighted_recall that a coordinate search from `start` finds. The first
/// run's weight stays. Every other weight in turn is tried at 1/8 to 8 times its value, in factors
/// of the square root of 2. The search ends when a round improves nothing, and after three rounds
/// at most. Of equally good weights the first tried is kept. `progress` counts the weights tried.
///
///   runs           [R]  at least one
///   start          [R]  above 0
///   image_of_text  [M]  int64
ChosenWeights weights_chosen_on_dev(const std::vector<DevEmbeddings>& runs, std::vector<double> start,
                                    const at::Tensor& image_of_text, const Progress& progress = {});

}  // namespace tandem
