// Everything a training is at a moment: saved and loaded, it goes on bit for bit.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

#include "tandem/heads/projection_head.h"
#include "tandem/training/epoch_loop.h"
#include "tandem/training/optimizer.h"
#include "tandem/training/pair_order.h"
#include "tandem/training/train_options.h"

namespace tandem {

/// A pair of heads, as it was after an epoch.
struct KeptHeads {
  ProjectionHead image, text;
  double logit_scale = 0;
};

struct TrainingState : EpochCourse {
  ProjectionHead image, text;
  at::Tensor log_scale;                                       ///< []
  at::Tensor bias;                                            ///< [], siglip's; undefined for other losses
  Optimizer optimizer;                                        ///< of all of these
  std::optional<ProjectionHead> average_image, average_text;  ///< if options.average_decay is not 0
  std::optional<KeptHeads> best;                              ///< of best_epoch

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
