#include "tandem/closed_form/cca_settings.h"

namespace tandem {

void each_cca(const PairedAxes& pairs, const CcaGrid& grid,
              const std::function<void(const LinearMaps& maps, double regularisation, double power)>& show) {
  for (const double regularisation : grid.regularisations) {
    const CanonicalDirections directions = canonical_directions(pairs, regularisation, grid.width);
    for (const double power : grid.powers) show(weighted(directions, power), regularisation, power);
  }
}

}  // namespace tandem
