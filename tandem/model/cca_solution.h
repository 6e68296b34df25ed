// Linear heads by canonical correlation analysis, their settings chosen on dev: what `tandem cca`
// keeps, and what audit solves for folds.
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
  CcaSettings settings;              ///< the best on dev: the first of equals
  double logit_scale = 0;            ///< fitted_logit_scale on dev; without dev, on train
  std::optional<double> dev_recall;  ///< mean of the six recalls, percent
  struct Tried {
    CcaSettings settings;
    double dev_recall = 0;
  };
  std::vector<Tried> tried;  ///< every setting measured, in order
};

/// `progress` counts settings measured. Without `dev` the grid must have one setting.
/// Throws c10::ValueError as paired_axes and canonical_directions do, and if there is something to
/// choose and no dev.
CcaSolution solve_cca(const PairedFeatures& train, const PairedFeatures* dev, const FeatureManifest& manifest,
                      const CcaGrid& grid, const Progress& progress = {});

}  // namespace tandem
