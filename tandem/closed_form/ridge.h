// Ridge regression (Hoerl & Kennard 1970) of one side's features on the other's, compared by cosine
// in the space that is predicted.
#pragma once

#include "tandem/closed_form/paired_axes.h"

namespace tandem {

enum class RidgeWay {
  kTextToImage,  ///< captions are mapped into the space of pictures
  kImageToText
};

/// With W = (C + l I)^-1 C' the map that minimises |W^T x - y|^2 + l |W|^2 in the mean over pairs;
/// the side predicted stays as it is.
///   regularisation  l as a share of the mean variance of the side that predicts; above 0
/// Throws c10::ValueError if regularisation is not above 0.
LinearMaps ridge(const PairedAxes& pairs, RidgeWay way, double regularisation);

}  // namespace tandem
