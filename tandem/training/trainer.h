// Features of both sides -> two projection heads, by a contrastive loss.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/features/feature_store.h"
#include "tandem/heads/projection_head.h"
#include "tandem/losses/contrastive_loss.h"

namespace tandem {

struct TrainOptions {
  HeadOptions image_head;
  HeadOptions text_head;
  std::int64_t epochs = 12;         ///< passes over all pairs of picture and caption
  std::int64_t batch_size = 1024;   ///< pairs
  double learning_rate = 2e-3;
  double weight_decay = 0.05;       ///< AdamW's, on weight matrices only; 0 turns it off
  double warm_up = 0.05;            ///< share of the steps over which the learning rate rises; 0 turns it off
  double gradient_clip = 1.0;       ///< largest norm of all gradients together; 0 turns it off
  LossOptions loss;
  double initial_scale = 14.3;      ///< factor on cosine similarity to begin with, 1 / 0.07
  double largest_scale = 100.0;     ///< the learned factor is clamped to [1, this]
  bool learn_scale = true;          ///< false: it stays as it begins
  double initial_bias = -10;        ///< of the loss siglip, learned
  bool shuffled = false;            ///< the control: every picture gets another picture's captions
  std::uint64_t seed = 0;
};

struct EpochReport {
  std::int64_t epoch = 0;  ///< from 1
  double loss = 0;         ///< mean over the epoch's batches
  double logit_scale = 0;  ///< at its end
  double learning_rate = 0;
  double dev_recall = 0;   ///< what DevQuality said
  double seconds = 0;      ///< training alone
};

struct TrainedHeads {
  ProjectionHead image;
  ProjectionHead text;
  double logit_scale = 0;
  std::int64_t best_epoch = 0;
  std::vector<EpochReport> epochs;
};

/// How good a pair of heads is on held-out data; larger is better. The caller supplies it, so that training need not know
/// of retrieval.
using DevQuality = std::function<double(const ProjectionHead& image, const ProjectionHead& text)>;
using OnEpoch = std::function<void(const EpochReport&)>;

/// Every epoch visits every caption once, with its picture, in a new order; captions of one picture that meet in a batch
/// are never each other's negatives, whatever the loss. Returns the heads of the epoch with the largest quality (the earlier of equals).
/// The same seed gives the same bits on the same machine and number of threads.
///
/// Throws c10::ValueError if an option is out of range, there are fewer than two pictures, or the loss stops being finite.
TrainedHeads train_heads(const PairedFeatures& pairs, const TrainOptions& options, const DevQuality& quality,
                         const OnEpoch& on_epoch = {}, const Progress& progress = {});

/// For the shuffled control: a permutation without fixed points, so that no picture keeps its captions.
/// Throws c10::ValueError if n < 2.
std::vector<std::int64_t> derangement(std::int64_t n, std::uint64_t seed);

}  // namespace tandem
