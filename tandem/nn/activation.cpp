#include "tandem/nn/activation.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/tanh.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/base/joined_text.h"

namespace tandem {
namespace {

struct NamedActivation {
  std::string_view name;
  Activation activation;
};

at::Tensor tanh_gelu(const at::Tensor& x) { return at::gelu(x, "tanh"); }
at::Tensor silu(const at::Tensor& x) { return at::silu(x); }

const std::vector<NamedActivation>& activations() {
  static const Activation gelu_by_tanh{.apply = tanh_gelu, .fused = {.name = "gelu", .algorithm = "tanh"}};
  static const Activation swish{.apply = silu, .fused = {.name = "swish"}};
  static const std::vector<NamedActivation> all = {
      {"gelu", {.apply = [](const at::Tensor& x) { return at::gelu(x); }, .fused = {.name = "gelu"}}},
      {"gelu_new", gelu_by_tanh},
      {"gelu_pytorch_tanh", gelu_by_tanh},
      {"gelu_fast", gelu_by_tanh},
      {"quick_gelu", {.apply = [](const at::Tensor& x) { return x * at::sigmoid(1.702 * x); }}},
      {"relu", {.apply = [](const at::Tensor& x) { return at::relu(x); }, .fused = {.name = "relu"}}},
      {"relu6",
       {.apply = [](const at::Tensor& x) { return at::clamp(x, 0, 6); },
        .fused = {.name = "hardtanh", .scalars = {0, 6}}}},
      {"silu", swish},
      {"swish", swish},
      {"tanh", {.apply = [](const at::Tensor& x) { return at::tanh(x); }}},
  };
  return all;
}

const Activation* find_activation(const std::string& name) {
  const auto found =
      std::find_if(activations().begin(), activations().end(), [&](const auto& entry) { return entry.name == name; });
  return found == activations().end() ? nullptr : &found->activation;
}

}  // namespace

Activation activation_named(const std::string& name) {
  const Activation* found = find_activation(name);
  TORCH_CHECK_VALUE(found != nullptr, "activation_named: must be one of ", activation_names(), ", got \"", name, "\"");
  return *found;
}

std::string activation_names() {
  return joined_text(activations(), ", ", [](const NamedActivation& entry) { return entry.name; });
}

Activation read_activation(const Json& config, const char* field, const std::string& otherwise,
                           const std::filesystem::path& path) {
  const auto name = json_field_or<std::string>(config, field, otherwise, path);
  const Activation* found = find_activation(name);
  if (found == nullptr)
    throw FileError(path, "\"" + std::string(field) + "\" to be one of " + activation_names(), "\"" + name + "\"");
  return *found;
}

}  // namespace tandem
