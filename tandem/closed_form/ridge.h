// Ridge regression (Hoerl & Kennard 1970) of one side's features on the other's. The sides are
// compared by cosine in the predicted space.
#pragma once

#include "tandem/closed_form/paired_axes.h"

namespace tandem {

enum class RidgeWay {
  kTextToImage,  ///< captions are mapped into the space of pictures
  kImageToText
};

/// The map W = (C + l I)^-1 C', which minimises |W^T x - y|^2 + l |W|^2 averaged over pairs; the
/// predicted side is unchanged.
///
///   regularisation  l as a share of the mean variance of the predicting side; above 0
///
/// Throws c10::ValueError if regularisation is not above 0.
LinearMaps ridge(const PairedAxes& pairs, RidgeWay way, double regularisation);

}  // namespace tandem
