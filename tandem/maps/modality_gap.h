// The gap between pictures and captions in a shared space, and closing it for a map.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// The distance between the means of the two sides (Liang et al. 2022, arXiv:2203.02053, section
/// 2), from 0 to 2 for rows of unit length.
///
///   image  [N, D]  floating point, N >= 1
///   text   [M, D]
///
/// Throws c10::ValueError if the widths differ or a side is empty.
double modality_gap(const at::Tensor& image, const at::Tensor& text);

/// The rows minus a mean, scaled to unit length again. If each side is centred on its own mean, the
/// two means come close together, while directions within a side are kept. A row equal to the mean
/// has no direction and becomes zero.
///
///   rows  [N, D]  floating point
///   mean  [D]     floating point
///
/// Returns [N, D] in float32. For display, not for ranking: distances between the sides are no
/// longer the model's. Throws c10::ValueError if the widths differ.
at::Tensor centred_to_unit_length(const at::Tensor& rows, const at::Tensor& mean);

}  // namespace tandem
