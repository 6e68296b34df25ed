// Measures of a model's shared space: how near true pairs are, how the two sides are distributed,
// and how well its similarities are calibrated.
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
  double alignment = 0;         ///< mean squared distance between the two sides of true pairs
  double image_uniformity = 0;  ///< as uniformity() defines it
  double text_uniformity = 0;   ///< the same
  double gap = 0;               ///< distance between the means of the two sides
  double separability = 0;      ///< percent, as linear_separability() defines it
  double image_rank = 0;        ///< effective rank: a number of directions
  double text_rank = 0;         ///< the same
  PairSimilarities similarity;
  std::int64_t occurrence = 0;  ///< the k of the k-occurrence: 10, or the size of a smaller gallery
  Hubness image_hubness;        ///< pictures as answers to captions
  Hubness text_hubness;         ///< captions as answers to pictures
  Calibration image_to_text;    ///< pictures as queries; candidates are the first captions of all pictures
  Calibration text_to_image;    ///< captions as queries; candidates are all pictures
};

/// Computes every measure of the space. Similarities are computed in tiles.
///
///   image          [N, D]  float32, rows of unit length; N at least 2
///   text           [M, D]  float32, rows of unit length
///   image_of_text  [M]     int64, rows of `image`; every picture has a caption
///   logit_scale    factor on similarities inside the softmax of the calibration; above 0
///
/// Throws c10::ValueError as the single measures do.
SpaceGeometry measure_geometry(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                               double logit_scale);

/// The factor on similarities inside the softmax, and its origin.
struct LogitScale {
  double value = 0;
  std::string origin;  ///< "trained", "fixed", "fitted on dev", "fitted on the split measured", "the run's"
};

/// The run's own logit scale. If the run's loss does not use a logit scale, the stored value is
/// only the initial one and has no meaning. Then the scale is fitted on dev or, if the features
/// have fewer than two pictures of dev, on the split that is measured.
LogitScale logit_scale_of(const EmbeddedSplit& embedded);

}  // namespace tandem
