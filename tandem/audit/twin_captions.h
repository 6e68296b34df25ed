// Captions of different pictures that say the same: in training each is a false negative of the
// other's picture.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tandem/base/progress.h"

namespace tandem {

struct TwinCaptions {
  std::int64_t first = 0, second = 0;  ///< rows of the captions, first < second
  double similarity = 0;               ///< cosine of the centred features
};

struct TwinList {
  double threshold = 0;               ///< the similarity from which two captions count as twins
  std::int64_t count = 0;             ///< of all such pairs
  std::vector<TwinCaptions> twins;    ///< the nearest `largest` of them, falling
  std::vector<std::int64_t> partner;  ///< [M] for every caption its nearest twin, -1 if it has none
};

/// The threshold comes from the data: twins are nearer to each other than 99 of 100 pairs of
/// captions of one and the same picture are. Where no picture has two captions it is 0.999, the
/// same words up to rounding.
///
///   text_features  [M, F]  as the frozen encoder gave them
///   image_of_text  [M]     int64
///
/// All M * M / 2 similarities are computed, a tile at a time.
TwinList twin_captions(const at::Tensor& text_features, const at::Tensor& image_of_text, std::int64_t largest,
                       const Progress& progress = {});

}  // namespace tandem
