// Canonical correlation analysis for every setting of a grid. The baselines and `tandem cca` choose
// among them on dev.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "tandem/closed_form/cca.h"

namespace tandem {

struct CcaGrid {
  std::vector<double> regularisations = {0.001, 0.01, 0.1, 0.3,
                                         1,     3,    10};  ///< shares of the mean variance, each above 0
  std::vector<double> powers = {0, 0.5, 1, 2, 4};           ///< of the correlations
  std::int64_t width = 512;                                 ///< canonical directions; at most the narrower side's width

  std::int64_t settings() const { return static_cast<std::int64_t>(regularisations.size() * powers.size()); }
};

/// Calls `show` with the maps of each setting in turn. Throws c10::ValueError as
/// canonical_directions does.
void each_cca(const PairedAxes& pairs, const CcaGrid& grid,
              const std::function<void(const LinearMaps& maps, double regularisation, double power)>& show);

}  // namespace tandem
