// How much each run of an ensemble counts.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "tandem/base/progress.h"

namespace tandem {

/// What a run, or several together, make of dev.
struct DevEmbeddings {
  at::Tensor image;  ///< [N, D] rows of unit length
  at::Tensor text;   ///< [M, D]
};

/// The runs' embeddings side by side, as an ensemble of such weights embeds (head_ensemble.h), but
/// for rounding.
DevEmbeddings side_by_side(const std::vector<DevEmbeddings>& runs, const std::vector<double>& weights);

/// Mean of the six recalls, percent, of the runs' similarities in a weighted mean.
double weighted_recall(const std::vector<DevEmbeddings>& runs, const std::vector<double>& weights,
                       const at::Tensor& image_of_text);

struct ChosenWeights {
  std::vector<double> weights;
  double recall = 0;
};

/// Weights with the best weighted_recall that a search along one coordinate after the other finds,
/// from `start`: each run's but the first's is tried at 1/8 to 8 times what it is, in factors of
/// the square root of 2, until nothing is better, in at most three rounds. The first of equals is
/// kept. `progress` counts weights tried.
ChosenWeights weights_chosen_on_dev(const std::vector<DevEmbeddings>& runs, std::vector<double> start,
                                    const at::Tensor& image_of_text, const Progress& progress = {});

}  // namespace tandem
