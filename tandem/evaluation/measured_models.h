// Recall of several models in both directions, for comparison: one row per model.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/features/feature_store.h"
#include "tandem/retrieval/recall.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct MeasuredModel {
  std::string name;
  Json settings = Json::object();    ///< the settings that were chosen on dev
  std::optional<double> dev_recall;  ///< mean of the six recalls, percent; nullopt if not measured
  RetrievalSummary image_to_text, text_to_image;
  double recall = 0;  ///< mean of the six recalls, percent
};

/// Measures recall of embeddings. Throws c10::ValueError as retrieval_ranks does.
///
///   image          [N, D]  rows of unit length
///   text           [M, D]  rows of unit length
///   image_of_text  [M] int64, rows of `image`
MeasuredModel measured(const std::string& name, const at::Tensor& image, const at::Tensor& text,
                       const at::Tensor& image_of_text);

/// The closed-form baselines: fitted on train, with settings chosen on dev, measured once on
/// `asked`. Columns that `manifest` records as tokens are replaced by the mean of the tokens.
/// `progress` counts settings.
std::vector<MeasuredModel> measured_baselines(const PairedFeatures& train, const PairedFeatures& dev,
                                              const PairedFeatures& asked, const FeatureManifest& manifest,
                                              const Progress& progress = {});

}  // namespace tandem
