#include "tandem/reports/training_curves_of_run.h"

#include <limits>

#include "tandem/figures/training_curves.h"

namespace tandem {

void draw_curves(const std::filesystem::path& file, const TrainedHeads& trained) {
  std::vector<EpochPoint> points;
  for (const EpochReport& epoch : trained.epochs) {
    points.push_back({.epoch = epoch.epoch,
                      .loss = epoch.loss,
                      .logit_scale = epoch.logit_scale,
                      .dev_recall = epoch.dev_recall.value_or(std::numeric_limits<double>::quiet_NaN())});
  }
  draw_training_curves(file, points, trained.best_epoch);
}

}  // namespace tandem
