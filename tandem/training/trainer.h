// Features of both sides -> two projection heads, by a contrastive loss.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "tandem/base/stop.h"
#include "tandem/features/feature_store.h"
#include "tandem/training/peers.h"
#include "tandem/training/train_options.h"
#include "tandem/training/training_state.h"
#include "tandem/training/training_step.h"

namespace tandem {

struct TrainedHeads {
  ProjectionHead image;
  ProjectionHead text;
  double logit_scale = 0;
  std::int64_t best_epoch = 0;
  std::vector<EpochReport> epochs;
};

/// How good a pair of heads is on held-out data; larger is better. The caller supplies it, so that
/// training need not know of retrieval. Empty: nothing is measured, and the last epoch is the one
/// that is kept.
using DevQuality = std::function<double(const ProjectionHead& image, const ProjectionHead& text)>;

/// Who looks on while training goes on, and who takes part; each may be empty.
struct TrainHooks {
  std::function<void(const StepReport&)> on_step;
  std::function<void(const EpochReport&)> on_epoch;
  /// At the beginning, after every step and, in place of an epoch's last, after the epoch: a moment
  /// from which training could go on (train_from), for whoever keeps checkpoints.
  std::function<void(const TrainingState&)> on_state;
  Peers peers;
  /// Asked after every step and every epoch, with the state that on_state was shown. True ends the
  /// training there by Stopped.
  std::function<bool(const TrainingState&)> stop;
};

/// Every epoch visits every caption once, with its picture, in a new order; captions of one picture
/// that meet in a batch are never each other's negatives, whatever the loss. Returns the heads of
/// the epoch with the largest quality (the earlier of equals). The same seed gives the same bits on
/// the same machine and number of threads.
///
/// Throws c10::ValueError if an option is out of range, there are fewer than two pictures, a side's
/// features are all the same, or loss or gradients stop being finite; Stopped when it was asked to
/// stop.
TrainedHeads train_heads(const PairedFeatures& features, const TrainOptions& options, const DevQuality& quality,
                         const TrainHooks& hooks = {});

/// Goes on from a state that on_state was shown, with the same features and options, to the same
/// bits.
TrainedHeads train_from(TrainingState state, const PairedFeatures& features, const TrainOptions& options,
                        const DevQuality& quality, const TrainHooks& hooks = {});

}  // namespace tandem
