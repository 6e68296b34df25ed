// The epochs of a run as three small charts side by side.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/figures/canvas.h"

namespace tandem {

struct EpochPoint {
  std::int64_t epoch = 0;
  double loss = 0;
  double logit_scale = 0;  ///< the factor on cosine similarity, 1 / temperature
  double dev_recall = 0;   ///< percent
};

/// Draws loss, logit scale and dev recall over the epochs, with the chosen epoch marked in each.
/// Writes PNG, SVG or PDF, by the ending of `out`. A value that is not finite leaves a gap.
///
///   epochs        at least one, in ascending order of epoch
///   chosen_epoch  one of them, or 0: none is marked
///
/// Throws c10::ValueError if epochs are empty or out of order, or chosen_epoch is not among them;
/// FileError if the ending is another or the file cannot be written.
void draw_training_curves(const FigureTarget& out, const std::vector<EpochPoint>& epochs, std::int64_t chosen_epoch = 0,
                          const std::string& title = "Training", const Theme& theme = kLightTheme);

enum class TrainingCurve { kLoss, kLogitScale, kDevRecall };

/// One of the three charts, one column wide, for pages that place them themselves. Throws as
/// draw_training_curves does.
void draw_training_curve(const FigureTarget& out, const std::vector<EpochPoint>& epochs, std::int64_t chosen_epoch,
                         TrainingCurve curve, const Theme& theme = kLightTheme);

}  // namespace tandem
