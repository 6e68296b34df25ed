// Similarities of every picture of a sample with every caption of the sample, as squares.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

#include "tandem/figures/palette.h"

namespace tandem {

/// Cividis (Nuñez, Anderton & Renslow 2018, arXiv:1712.01662), from dark blue at 0 to yellow at 1:
/// larger is lighter for every reader, colour-blind or not, and when printed in grey. Interpolated
/// linearly between ten of its colours; shares outside [0, 1] get the colours at the ends.
Colour sequential_colour(double share);

/// Draws the matrix, one column wide, with a colour bar from the smallest to the largest
/// similarity. Writes PNG, SVG or PDF, by the ending of `out`. True pairs are on the diagonal,
/// which is light for a good model.
///
///   similarity  [n, n]  row i is picture i, column j caption j
///   note        text below; empty: none
///
/// Throws c10::ValueError if it is not square, is empty, holds NaN or infinity, or n is above 500;
/// FileError if the ending is another or the file cannot be written.
void draw_similarity_matrix(const std::filesystem::path& out, const at::Tensor& similarity,
                            const std::string& title = "Similarity of a sample", const std::string& note = "",
                            const Theme& theme = kLightTheme);

}  // namespace tandem
