#include "apps/measured_models.h"

#include <algorithm>
#include <ostream>

#include "apps/captioned_rows.h"
#include "apps/number_text.h"
#include "apps/progress_bar.h"
#include "tandem/baselines/closed_form_baselines.h"

namespace tandem::apps {
namespace {

Json way_json(const RetrievalSummary& way) {
  return {{"recall_at_1", way.r1},
          {"recall_at_5", way.r5},
          {"recall_at_10", way.r10},
          {"median_rank", way.median_rank},
          {"mean_rank", way.mean_rank}};
}

/// "regularisation 0.1, power 4"
std::string settings_text(const Json& settings) {
  std::string text;
  for (const auto& [name, value] : settings.items()) text += (text.empty() ? "" : ", ") + name + " " + value.dump();
  return text;
}

}  // namespace

MeasuredModel measured(const std::string& name, const at::Tensor& image, const at::Tensor& text,
                       const at::Tensor& image_of_text) {
  const RetrievalRanks ranks = retrieval_ranks(image, text, image_of_text);
  return {.name = name,
          .image_to_text = summarise_ranks(ranks.image_to_text),
          .text_to_image = summarise_ranks(ranks.text_to_image),
          .recall = mean_recall(ranks)};
}

std::vector<MeasuredModel> measured_baselines(const PairedFeatures& train, const PairedFeatures& dev,
                                              const PairedFeatures& asked, const FeatureManifest& manifest) {
  ProgressBar bar("fitting", "settings of baselines");
  const auto on_dev = [&dev](const at::Tensor& image, const at::Tensor& text) {
    return mean_recall(retrieval_ranks(image, text, dev.image_of_text));
  };
  std::vector<MeasuredModel> models;
  for (const Baseline& baseline : closed_form_baselines(captioned_rows(train, manifest), captioned_rows(dev, manifest),
                                                        captioned_rows(asked, manifest), on_dev, bar.callback())) {
    models.push_back(measured(baseline.name, baseline.image, baseline.text, asked.image_of_text));
    for (const auto& [name, value] : baseline.settings) models.back().settings[name] = value;
    models.back().dev_recall = baseline.dev_quality;
  }
  return models;
}

void print_models(const std::vector<MeasuredModel>& models, std::ostream& out) {
  std::size_t width = 20;
  for (const MeasuredModel& model : models) width = std::max(width, model.name.size());
  out << std::string(width, ' ') << "      image to text           text to image\n"
      << std::string(width, ' ') << "      @1     @5    @10        @1     @5    @10    mean     dev  chosen on dev\n";
  for (const MeasuredModel& model : models) {
    out << left_aligned(model.name, width) << " ";
    for (const RetrievalSummary* way : {&model.image_to_text, &model.text_to_image}) {
      for (const double recall : {way->r1, way->r5, way->r10}) out << right_aligned(decimal(recall, 1), 7);
      out << "   ";
    }
    out << right_aligned(decimal(model.recall, 2), 5)
        << right_aligned(model.dev_recall ? decimal(*model.dev_recall, 2) : "-", 8) << "  "
        << settings_text(model.settings) << "\n";
  }
}

Json to_json(const MeasuredModel& model) {
  return {{"name", model.name},
          {"settings", model.settings},
          {"dev_mean_recall", model.dev_recall ? Json(*model.dev_recall) : Json()},
          {"mean_recall", model.recall},
          {"image_to_text", way_json(model.image_to_text)},
          {"text_to_image", way_json(model.text_to_image)}};
}

}  // namespace tandem::apps
