// Linear heads by canonical correlation analysis (CCA), with settings chosen on dev. `tandem cca`
// writes them as a run; the audit solves for them once per fold.
#pragma once

#include <optional>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/closed_form/cca_settings.h"
#include "tandem/features/feature_store.h"
#include "tandem/model/run_folder.h"

namespace tandem {

struct CcaSolution {
  ProjectionHead image, text;
  CcaSettings settings;              ///< the best on dev; of equally good ones the first
  double logit_scale = 0;            ///< fitted_logit_scale on dev; without dev, on train
  std::optional<double> dev_recall;  ///< mean of the six recalls, percent
  struct Tried {
    CcaSettings settings;
    double dev_recall = 0;
  };
  std::vector<Tried> tried;  ///< every setting measured, in order
};

/// Solves for the heads on `train` with every setting of the grid and keeps the best on dev.
/// Without `dev` (nullptr) the grid must have exactly one setting. `progress` counts the settings
/// measured.
/// Throws c10::ValueError as paired_axes and canonical_directions do, and if the grid has several
/// settings and there is no dev.
CcaSolution solve_cca(const PairedFeatures& train, const PairedFeatures* dev, const FeatureManifest& manifest,
                      const CcaGrid& grid, const Progress& progress = {});

}  // namespace tandem
