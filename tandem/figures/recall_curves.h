// Recall over k, both ways, with the band of its intervals.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/figures/palette.h"

namespace tandem {

/// One direction; entry i is of k = i + 1, in percent.
struct RecallBand {
  std::vector<double> recall;
  std::vector<double> low;  ///< ends of the intervals, as many; both empty: no band
  std::vector<double> high;
  std::vector<double> chance;  ///< what embeddings that know nothing get; empty: not drawn
};

/// Draws both curves, one column wide, a dot with its value at k = 1, 5 and 10 where they reach so
/// far; PNG, SVG or PDF by the ending of `out`.
///
///   image_to_text, text_to_image  as long as each other
///   note                          words below the chart; empty: none
///
/// Throws c10::ValueError if a curve is empty, their lengths differ, a band ends early or a value
/// is not from 0 to 100; FileError if the ending is another or the file cannot be written.
void draw_recall_curves(const std::filesystem::path& out, const RecallBand& image_to_text,
                        const RecallBand& text_to_image, const std::string& title = "Recall over k",
                        const std::string& note = "", const Theme& theme = kLightTheme);

}  // namespace tandem
