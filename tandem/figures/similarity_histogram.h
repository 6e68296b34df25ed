// How far apart the similarities of true pairs and of other pairs are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/figures/palette.h"

namespace tandem {

/// Two histograms over the same bins of equal width from low to high.
struct SimilarityHistogram {
  double low = -1;
  double high = 1;
  std::vector<std::int64_t> aligned;     ///< true pairs a bin
  std::vector<std::int64_t> misaligned;  ///< other pairs
  double aligned_mean = 0;
  double misaligned_mean = 0;
  double overlap = 0;  ///< area both share where each has area 1
};

/// Draws both as translucent histograms of equal area, from the first bin that holds anything to
/// the last, with their means and overlap stated; PNG, SVG or PDF by the ending of `out`.
///   note  words below the chart; empty: none
/// Throws c10::ValueError if the bins differ in number or either holds nothing; FileError if the
/// ending is another or the file cannot be written.
void draw_similarity_histogram(const std::filesystem::path& out, const SimilarityHistogram& histogram,
                               const std::string& title = "Similarity of pairs", const std::string& note = "",
                               const Theme& theme = kLightTheme);

}  // namespace tandem
