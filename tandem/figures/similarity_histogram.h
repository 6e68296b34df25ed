// How well the similarities of true pairs and of other pairs are separated.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/figures/canvas.h"

namespace tandem {

/// Two histograms over the same bins of equal width from low to high.
struct SimilarityHistogram {
  double low = -1;
  double high = 1;
  std::vector<std::int64_t> aligned;     ///< true pairs per bin
  std::vector<std::int64_t> misaligned;  ///< other pairs per bin
  double aligned_mean = 0;
  double misaligned_mean = 0;
  double overlap = 0;  ///< area shared by both, each of area 1
};

/// Draws both as translucent histograms of equal area, from the first bin to the last bin that is
/// not empty, with their means and overlap as text. Writes PNG, SVG or PDF, by the ending of `out`.
///
///   note  text below the chart; empty: none
///
/// Throws c10::ValueError if the numbers of bins differ or a histogram is empty; FileError if the
/// ending is another or the file cannot be written.
void draw_similarity_histogram(const FigureTarget& out, const SimilarityHistogram& histogram,
                               const std::string& title = "Similarity of pairs", const std::string& note = "",
                               const Theme& theme = kLightTheme);

}  // namespace tandem
