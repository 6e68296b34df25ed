// Which classes are taken for which: a square a pair of classes, stronger for a larger share of the
// true class.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/figures/palette.h"

namespace tandem {

/// PNG, SVG or PDF by the ending of `out`. Up to 24 classes the squares carry their counts, up to
/// 120 the rows and columns their names.
///
///   names   [C]
///   counts  [C, C] int64: row the true class, column the predicted
///   note    what else a reader must know: the data, the split, how many pictures
///
/// Throws c10::ValueError if the shapes differ, there is no class or a count is negative; FileError
/// if the ending is another or the file cannot be written.
void draw_confusion_matrix(const std::filesystem::path& out, const std::vector<std::string>& names,
                           const at::Tensor& counts, const std::string& title, const std::string& note,
                           const Theme& theme = kLightTheme);

}  // namespace tandem
