// Which classes are predicted for which: one square per pair of classes, stronger for a larger
// share of the true class.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/figures/palette.h"

namespace tandem {

/// Writes PNG, SVG or PDF, by the ending of `out`. With up to 24 classes the squares show their
/// counts, with up to 120 the rows and columns show their names.
///
///   names   [C]
///   counts  [C, C] int64: row the true class, column the predicted
///   note    what else a reader must know: the data, the split, the number of pictures
///
/// Throws c10::ValueError if the shapes differ, there is no class or a count is negative; FileError
/// if the ending is another or the file cannot be written.
void draw_confusion_matrix(const std::filesystem::path& out, const std::vector<std::string>& names,
                           const at::Tensor& counts, const std::string& title, const std::string& note,
                           const Theme& theme = kLightTheme);

}  // namespace tandem
