// The gap between pictures and captions in a shared space, and closing it for a map.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// How far apart the two sides lie as a whole: the distance between their means (Liang et al. 2022,
/// arXiv:2203.02053, section 2). Rows of unit length give from 0 to 2.
///
///   image  [N, D]  floating point, N >= 1
///   text   [M, D]
///
/// Throws c10::ValueError if the widths differ or a side is empty.
double modality_gap(const at::Tensor& image, const at::Tensor& text);

/// The rows less a mean, at unit length again. Both sides treated so, each with its own mean, have
/// their means near one place, while directions within a side stay. A row equal to the mean has no
/// direction and stays zero.
///
///   rows  [N, D]  floating point
///   mean  [D]     floating point
///
/// Returns [N, D] in float32. For looking, not for ranking: distances between the sides are no
/// longer the model's.
/// Throws c10::ValueError if the widths differ.
at::Tensor centred_to_unit_length(const at::Tensor& rows, const at::Tensor& mean);

}  // namespace tandem
