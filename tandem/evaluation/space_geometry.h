// The shape of a model's shared space: how near true pairs are, how the two sides lie in it, and how
// far its similarities can be trusted.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "tandem/analysis/calibration.h"
#include "tandem/analysis/pair_similarities.h"
#include "tandem/model/embedded_split.h"
#include "tandem/retrieval/hubness.h"

namespace tandem {

struct SpaceGeometry {
  double alignment = 0;         ///< mean squared distance of true pairs
  double image_uniformity = 0;  ///< as uniformity() gives it
  double text_uniformity = 0;
  double gap = 0;           ///< distance between the means of the sides
  double separability = 0;  ///< percent, as linear_separability() gives it
  double image_rank = 0;    ///< effective rank, directions
  double text_rank = 0;
  PairSimilarities similarity;
  std::int64_t occurrence = 0;  ///< the k of the k-occurrence: 10, or less in a smaller gallery
  Hubness image_hubness;        ///< pictures as answers to captions
  Hubness text_hubness;         ///< captions as answers to pictures
  Calibration image_to_text;    ///< over the first caption of each picture
  Calibration text_to_image;    ///< over all pictures
};

/// Every measure of the space.
///
///   image          [N, D]  float32, rows of unit length; N at least 2
///   text           [M, D]
///   image_of_text  [M] int64, rows of `image`; every picture has a caption
///   logit_scale    factor on similarity inside the softmax of the calibration, above 0
///
/// Similarities are computed in tiles. Throws c10::ValueError as the measures do.
SpaceGeometry measure_geometry(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                               double logit_scale);

/// The factor on similarity inside the softmax, and where it comes from.
struct LogitScale {
  double value = 0;
  std::string origin;  ///< "trained", "fixed", "fitted on dev", "fitted on the split measured", "the run's"
};

/// The run's own logit scale. Where the run's loss uses none, its value is only that of the start
/// and tells nothing about the space: then the scale is fitted on dev or, if the features have fewer
/// than two pictures of dev, on the split that is measured.
LogitScale logit_scale_of(const EmbeddedSplit& embedded);

}  // namespace tandem
