#include "tandem/training/first_bad.h"

#include <ATen/ops/isfinite.h>

namespace tandem {
namespace {

constexpr const char* kAdvice = "; a smaller learning rate or a gradient clip may help";

bool is_bad(const at::Tensor& tensor) { return tensor.defined() && !at::isfinite(tensor).all().item<bool>(); }

/// Parameters under the names they have in the run's file.
DescribedTensors named_parameters(const TrainingState& state) {
  DescribedTensors all;
  for (const auto& [side, head] : {std::pair("image.", &state.image), std::pair("text.", &state.text)}) {
    for (const auto& [name, tensor] : head->tensors()) all.emplace_back(side + name, tensor);
  }
  all.emplace_back("log_scale", state.log_scale);
  all.emplace_back("bias", state.bias);
  return all;
}

}  // namespace

std::string first_bad(const TrainingState& state, const DescribedTensors& inputs, const DescribedTensors& outputs) {
  for (const auto& [name, tensor] : inputs) {
    if (is_bad(tensor)) return name;
  }
  for (const auto& [name, tensor] : named_parameters(state)) {
    if (is_bad(tensor)) return "the weights " + name + kAdvice;
  }
  for (const auto& [name, tensor] : outputs) {
    if (is_bad(tensor)) return name + kAdvice;
  }
  return std::string("the loss itself, at a logit scale of ") + std::to_string(state.logit_scale()) + kAdvice;
}

std::string first_bad_gradient(const TrainingState& state) {
  for (const auto& [name, tensor] : named_parameters(state)) {
    if (tensor.defined() && is_bad(tensor.grad())) return "the gradient of " + name + kAdvice;
  }
  return std::string("their sum") + kAdvice;
}

}  // namespace tandem
