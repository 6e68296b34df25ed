// Everything a training is at a moment: saved and loaded, it goes on bit for bit.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "tandem/heads/projection_head.h"
#include "tandem/training/optimizer.h"
#include "tandem/training/pair_order.h"
#include "tandem/training/train_options.h"

namespace tandem {

struct EpochReport {
  std::int64_t epoch = 0;  ///< from 1
  double loss = 0;         ///< mean over the epoch's batches
  double logit_scale = 0;  ///< at its end
  double learning_rate = 0;
  std::optional<double> dev_recall;  ///< what DevQuality said; nothing if there was none
  double seconds = 0;                ///< training alone
};

/// A pair of heads, as it was after an epoch.
struct KeptHeads {
  ProjectionHead image, text;
  double logit_scale = 0;
  std::int64_t epoch = 0;
};

struct TrainingState {
  ProjectionHead image, text;
  at::Tensor log_scale;                                       ///< []
  at::Tensor bias;                                            ///< [], siglip's; undefined for other losses
  Optimizer optimizer;                                        ///< of all of these
  std::optional<ProjectionHead> average_image, average_text;  ///< if options.average_decay is not 0

  std::int64_t epoch = 1;  ///< in progress, from 1
  std::int64_t batch = 0;  ///< done in it
  double loss_sum = 0;     ///< over them
  double learning_rate = 0;
  double seconds = 0;
  std::vector<EpochReport> epochs;  ///< finished
  std::optional<KeptHeads> best;

  double logit_scale() const;
  /// What is measured on dev and kept: the averages where there are such.
  const ProjectionHead& measured_image() const { return average_image ? *average_image : image; }
  const ProjectionHead& measured_text() const { return average_text ? *average_text : text; }
};

/// Before the first step: heads drawn from the seed, with the statistics of the pairs' features.
TrainingState fresh_state(const TrainingPairs& pairs, const TrainOptions& options);

/// Around the given weights, with nothing remembered yet. The heads are trained in place, where
/// they are.
TrainingState state_around(ProjectionHead image, ProjectionHead text, const TrainOptions& options);

}  // namespace tandem
