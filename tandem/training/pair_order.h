// Which pairs meet in which step. All of it follows from the seed and the step's number, so nothing
// need be remembered to go on.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tandem/features/feature_store.h"
#include "tandem/training/train_options.h"

namespace tandem {

/// Training pairs: row j of the captions' features with row `image_of_text[j]` of the pictures'.
/// All on one device: that of the steps, or the CPU where features take more than half of the
/// memory that a GPU has free; then every batch is copied there.
struct TrainingPairs {
  at::Tensor image;          ///< [N, Fi]
  at::Tensor text;           ///< [M, Ft]
  at::Tensor image_of_text;  ///< [M] int64
  std::int64_t batch_size = 0;
  std::int64_t batches = 0;  ///< in an epoch; a last, smaller batch would be an easier question, and its pairs wait
};

/// The pairs an option set trains on, shuffled for the control.
/// Throws c10::ValueError if there are fewer than two pictures, or a side's features are all the
/// same.
TrainingPairs training_pairs(const PairedFeatures& features, const TrainOptions& options);

/// [M] a new order of all captions in every epoch, which counts from 1; on the pairs' device.
at::Tensor epoch_order(const TrainingPairs& pairs, const TrainOptions& options, std::int64_t epoch);

/// For the shuffled control: a permutation without fixed points, so that no picture keeps its
/// captions.
/// Throws c10::ValueError if n < 2.
std::vector<std::int64_t> derangement(std::int64_t n, std::uint64_t seed);

}  // namespace tandem
