// A run applied to features: what eval, map, examples and search begin with.
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

/// Opens the run and the features (those it was trained on where `features` is empty) and refuses
/// features by other encoders. Split "all" is every picture.
SplitFeatures open_split(const std::filesystem::path& run, const std::filesystem::path& features,
                         const std::string& split);

/// All pictures and captions of a split (kSplitHelp) of the store. Throws c10::ValueError if there is
/// no split of that name, FileError as select_split does.
PairedFeatures split_pairs(const FeatureStore& store, const std::string& split);

struct EmbeddedSplit {
  Run run;
  FeatureStore store;
  PairedFeatures pairs;
  at::Tensor image;  ///< [N, D] rows of unit length
  at::Tensor text;   ///< [M, D]
};

/// The same, embedded by the run's heads.
EmbeddedSplit embed_split(const std::filesystem::path& run, const std::filesystem::path& features,
                          const std::string& split);

/// The words that name a choice of pictures by split.
inline constexpr const char* kSplitHelp = "train, dev, test, none (pictures in no split) or all";

}  // namespace tandem
