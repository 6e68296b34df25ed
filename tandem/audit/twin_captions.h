// Captions of different pictures that say the same: in training, each is a false negative for the
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
  double threshold = 0;               ///< two captions count as twins from this similarity on
  std::int64_t count = 0;             ///< number of all such pairs
  std::vector<TwinCaptions> twins;    ///< the `largest` nearest of them, nearest first
  std::vector<std::int64_t> partner;  ///< [M] for every caption its nearest twin, or -1
};

/// Finds the twins. The threshold comes from the data: twins are nearer to each other than 99 of
/// 100 pairs of captions of the same picture. If no picture has two captions, it is 0.999, which
/// means the same words up to rounding.
///
///   text_features  [M, F]  as from the frozen encoder
///   image_of_text  [M]     int64
///   largest        number of twins to return
///
/// Computes all M * M / 2 similarities, one tile at a time.
TwinList twin_captions(const at::Tensor& text_features, const at::Tensor& image_of_text, std::int64_t largest,
                       const Progress& progress = {});

}  // namespace tandem
