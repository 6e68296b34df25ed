// Recall over k in both directions, with a band for its intervals.
#pragma once

#include <string>
#include <vector>

#include "tandem/figures/canvas.h"

namespace tandem {

/// One direction; entry i is for k = i + 1, in percent.
struct RecallBand {
  std::vector<double> recall;
  std::vector<double> low;  ///< ends of the intervals, as many as recalls; both empty: no band
  std::vector<double> high;
  std::vector<double> chance;  ///< the recall of embeddings without information; empty: not drawn
};

/// Draws both curves, one column wide, with a dot and its value at k = 1, 5 and 10 if they reach
/// that far. Writes PNG, SVG or PDF, by the ending of `out`.
///
///   image_to_text, text_to_image  of equal length
///   note                          text below the chart; empty: none
///
/// Throws c10::ValueError if a curve is empty, their lengths differ, a band has another length or a
/// value is not from 0 to 100; FileError if the ending is another or the file cannot be written.
void draw_recall_curves(const FigureTarget& out, const RecallBand& image_to_text, const RecallBand& text_to_image,
                        const std::string& title = "Recall over k", const std::string& note = "",
                        const Theme& theme = kLightTheme);

}  // namespace tandem
