// Models beside each other: recall both ways, a row each.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "tandem/features/feature_store.h"
#include "tandem/retrieval/recall.h"
#include "tandem/storage/json_file.h"

namespace tandem::apps {

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
/// for measured once; with a progress bar. Tokens among the features of `manifest` stand as their
/// mean.
std::vector<MeasuredModel> measured_baselines(const PairedFeatures& train, const PairedFeatures& dev,
                                              const PairedFeatures& asked, const FeatureManifest& manifest);

void print_models(const std::vector<MeasuredModel>& models, std::ostream& out);
Json to_json(const MeasuredModel& model);

}  // namespace tandem::apps
