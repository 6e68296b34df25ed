// A map of three pictures and four captions.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/tensor.h>

#include "tandem/figures/joint_map.h"

namespace tandem::tests {

inline JointMap small_map() {
  return {.image_points = at::tensor({0.0, 0.0, 1.0, 0.5, -2.0, 3.0}).view({3, 2}),
          .text_points = at::tensor({0.1, 0.2, 1.5, 0.5, -2.0, 2.0, 0.0, -1.0}).view({4, 2}),
          .image_of_text = {0, 1, 2, 0},
          .title = "A map & its <title>",
          .note = "PCA of 3 pictures and 4 captions."};
}

}  // namespace tandem::tests
