// The pictures and captions of one split, as stored features and as embeddings. Evaluation, figures
// and search start from these structs; Model makes them.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

#include "tandem/features/feature_store.h"
#include "tandem/model/run_folder.h"

namespace tandem {

/// A run and the stored features of one split.
struct SplitFeatures {
  Run run;
  FeatureStore store;
  PairedFeatures pairs;
};

/// The pictures of the store in `split`, with all their captions.
///
///   split  as split_choice takes it; "all" takes the whole store
///
/// Throws as split_choice and select_split do.
PairedFeatures split_pairs(const FeatureStore& store, const std::string& split);

/// The same with the embeddings.
struct EmbeddedSplit {
  Run run;
  FeatureStore store;
  PairedFeatures pairs;
  at::Tensor image;  ///< [N, D] rows of unit length
  at::Tensor text;   ///< [M, D] rows of unit length
};

}  // namespace tandem
