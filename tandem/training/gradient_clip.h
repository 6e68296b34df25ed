// Gradients kept from being too large (Pascanu et al. 2013, arXiv:1211.5063, section 3.2).
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace tandem {

/// Scales the gradients so that their norm together is `largest` at most; 0: no limit. Returns the
/// norm they had, which may be NaN or infinite.
double clip_gradients(const std::vector<at::Tensor>& gradients, double largest);

}  // namespace tandem
