#include "tandem/model/cca_solution.h"

#include <c10/util/Exception.h>

#include "tandem/closed_form/solved_head.h"
#include "tandem/losses/fitted_scale.h"
#include "tandem/model/captioned_rows.h"
#include "tandem/retrieval/recall.h"
#include "tandem/training/pooled_columns.h"

namespace tandem {
namespace {

/// The setting with the best recall on dev; without dev the only one.
struct Choice {
  LinearMaps maps;
  CcaSettings settings;
  std::optional<double> dev_recall;
  std::vector<CcaSolution::Tried> tried;
};

Choice choose(const PairedAxes& pairs, const std::optional<CaptionedRows>& dev, const CcaGrid& grid,
              const Progress& progress) {
  Choice choice;
  at::Tensor image, text;
  if (dev) image = on_axes(pairs.image, dev->image), text = on_axes(pairs.text, dev->text);
  each_cca(pairs, grid, [&](const LinearMaps& maps, double regularisation, double power) {
    const CcaSettings settings{.regularisation = regularisation, .power = power};
    std::optional<double> recall;
    if (dev) {
      recall = mean_recall(retrieval_ranks(mapped(image, maps.image), mapped(text, maps.text), dev->image_of_text));
      choice.tried.push_back({.settings = settings, .dev_recall = *recall});
      if (progress) progress(static_cast<std::int64_t>(choice.tried.size()), grid.settings());
    }
    if (choice.dev_recall && *recall <= *choice.dev_recall) return;
    choice.maps = maps, choice.settings = settings, choice.dev_recall = recall;
  });
  return choice;
}

}  // namespace

CcaSolution solve_cca(const PairedFeatures& train, const PairedFeatures* dev, const FeatureManifest& manifest,
                      const CcaGrid& grid, const Progress& progress) {
  TORCH_CHECK_VALUE(dev != nullptr || grid.settings() == 1, "cca: dev pictures to choose among ", grid.settings(),
                    " settings were needed, got none");
  const PairedAxes pairs = paired_axes(captioned_rows(train, manifest));
  std::optional<CaptionedRows> dev_rows;
  if (dev != nullptr) dev_rows = captioned_rows(*dev, manifest);
  const Choice choice = choose(pairs, dev_rows, grid, progress);
  const ProjectionHead image = solved_head(pairs.image, choice.maps.image, token_columns(manifest.image_encoders),
                                           view_widths(manifest.image_encoders));
  const ProjectionHead text = solved_head(pairs.text, choice.maps.text, token_columns(manifest.text_encoders),
                                          view_widths(manifest.text_encoders));
  const PairedFeatures& asked = dev != nullptr ? *dev : train;
  const double logit_scale =
      fitted_logit_scale(embed_all(image, asked.image), embed_all(text, asked.text), asked.image_of_text);
  return {.image = image,
          .text = text,
          .settings = choice.settings,
          .logit_scale = logit_scale,
          .dev_recall = choice.dev_recall,
          .tried = choice.tried};
}

}  // namespace tandem
