#include "tandem/evaluation/measured_models.h"

#include "tandem/closed_form/closed_form_baselines.h"
#include "tandem/model/captioned_rows.h"

namespace tandem {
MeasuredModel measured(const std::string& name, const at::Tensor& image, const at::Tensor& text,
                       const at::Tensor& image_of_text) {
  const RetrievalRanks ranks = retrieval_ranks(image, text, image_of_text);
  return {.name = name,
          .image_to_text = summarise_ranks(ranks.image_to_text),
          .text_to_image = summarise_ranks(ranks.text_to_image),
          .recall = mean_recall(ranks)};
}

std::vector<MeasuredModel> measured_baselines(const PairedFeatures& train, const PairedFeatures& dev,
                                              const PairedFeatures& asked, const FeatureManifest& manifest,
                                              const Progress& progress) {
  const auto on_dev = [&dev](const at::Tensor& image, const at::Tensor& text) {
    return mean_recall(retrieval_ranks(image, text, dev.image_of_text));
  };
  std::vector<MeasuredModel> models;
  for (const Baseline& baseline : closed_form_baselines(captioned_rows(train, manifest), captioned_rows(dev, manifest),
                                                        captioned_rows(asked, manifest), on_dev, progress)) {
    models.push_back(measured(baseline.name, baseline.image, baseline.text, asked.image_of_text));
    for (const auto& [name, value] : baseline.settings) models.back().settings[name] = value;
    models.back().dev_recall = baseline.dev_quality;
  }
  return models;
}

}  // namespace tandem
