// One step: embed -> loss and its gradients -> back through the heads -> clip -> optimiser ->
// average.
#pragma once

#include <cstdint>

#include "tandem/training/pair_order.h"
#include "tandem/training/peers.h"
#include "tandem/training/training_state.h"

namespace tandem {

struct StepReport {
  std::int64_t epoch = 0;  ///< from 1
  std::int64_t step = 0;   ///< done, over all epochs
  std::int64_t steps = 0;  ///< in all
  std::int64_t pairs = 0;  ///< in the batch
  double loss = 0;
  double logit_scale = 0;
  double learning_rate = 0;
};

/// Takes the state's next step, over captions `texts` [B] (on the pairs' device) and their
/// pictures, and counts it.
/// Throws c10::ValueError, naming the step and what went bad first, if loss or gradients are not
/// finite; the state is then as before.
StepReport take_step(TrainingState& state, const TrainingPairs& pairs, const at::Tensor& texts,
                     const TrainOptions& options, const Peers& peers = {});

/// The gradients of one batch's loss, left in the parameters (see take_step), and the loss.
double loss_and_gradients(TrainingState& state, const TrainingPairs& pairs, const at::Tensor& texts,
                          const TrainOptions& options, const Peers& peers);

}  // namespace tandem
