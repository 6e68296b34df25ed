// Both sides of captioned pictures in their principal axes, in which every linear baseline is
// solved.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tandem/heads/feature_statistics.h"

namespace tandem {

/// Features of pictures with all their captions.
struct CaptionedRows {
  at::Tensor image;                                             ///< [N, F] float32
  at::Tensor text;                                              ///< [M, G] float32
  at::Tensor image_of_text;                                     ///< [M] int64, rows of `image`
  std::vector<std::int64_t> image_views = {}, text_views = {};  ///< columns of every view (HeadOptions::view_widths)
};

/// One side. Features are first standardised by column, as in the learned heads.
struct SideAxes {
  FeatureStatistics scaling;
  at::Tensor mean;      ///< [F] float32, of scaled features over pairs
  at::Tensor axes;      ///< [F, F] float32, columns of unit length, the largest variance first
  at::Tensor variance;  ///< [F] float64 along each axis, over pairs
};

struct PairedAxes {
  SideAxes image, text;
  at::Tensor cross;  ///< [F, G] float64, covariance of image and text axes over pairs
};

/// The axes of training pairs. A pair is a caption with its picture: a picture with five captions
/// counts five times. Products are float32; sums over a few thousand rows at a time are float64.
/// The two eigendecompositions, one per side, take most of the time.
/// Throws c10::ValueError if shapes do not fit, a value is not finite, or there are fewer than two
/// pairs.
PairedAxes paired_axes(const CaptionedRows& train);

/// Features along the side's axes, [N, F] float32.
at::Tensor on_axes(const SideAxes& side, const at::Tensor& features);

/// Maps from the axes of each side into one space; mapped rows are compared by cosine.
struct LinearMaps {
  at::Tensor image;  ///< [F, D] float32
  at::Tensor text;   ///< [G, D] float32
};

/// Rows mapped and normalised to unit length; a row of zeros stays zero.
at::Tensor mapped(const at::Tensor& on_axes, const at::Tensor& map);

}  // namespace tandem
