// Why a loss is no number: the first tensor on the way to it that holds NaN or infinity.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <utility>
#include <vector>

#include "tandem/training/training_state.h"

namespace tandem {

using DescribedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// In the order of the computation: what went in, the heads' weights, logit scale and bias, what
/// came out; words for a sentence, with advice.
std::string first_bad(const TrainingState& state, const DescribedTensors& inputs, const DescribedTensors& outputs);

/// In the order of the computation: the parameter whose gradient went bad.
std::string first_bad_gradient(const TrainingState& state);

}  // namespace tandem
