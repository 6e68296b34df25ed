// Models beside each other: recall both ways, one row each.
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
  Json settings = Json::object();    ///< chosen on dev
  std::optional<double> dev_recall;  ///< mean of the six
  RetrievalSummary image_to_text, text_to_image;
  double recall = 0;  ///< mean of the six
};

/// Recall of embeddings.
MeasuredModel measured(const std::string& name, const at::Tensor& image, const at::Tensor& text,
                       const at::Tensor& image_of_text);

/// The closed-form baselines, fitted on train, their settings chosen on dev, and the split asked
/// for measured once. Tokens among the features of `manifest` stand as their mean. `progress` counts
/// settings.
std::vector<MeasuredModel> measured_baselines(const PairedFeatures& train, const PairedFeatures& dev,
                                              const PairedFeatures& asked, const FeatureManifest& manifest,
                                              const Progress& progress = {});

}  // namespace tandem
