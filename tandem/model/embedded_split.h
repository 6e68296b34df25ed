// The pictures and captions of a split, stored and embedded: where measuring, drawing and searching
// begin. Model makes them.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

#include "tandem/features/feature_store.h"
#include "tandem/model/run_folder.h"

namespace tandem {

struct SplitFeatures {
  Run run;
  FeatureStore store;
  PairedFeatures pairs;
};

/// All pictures and captions of the store that split_choice names. Throws as it and select_split.
PairedFeatures split_pairs(const FeatureStore& store, const std::string& split);

struct EmbeddedSplit {
  Run run;
  FeatureStore store;
  PairedFeatures pairs;
  at::Tensor image;  ///< [N, D] rows of unit length
  at::Tensor text;   ///< [M, D]
};

}  // namespace tandem
