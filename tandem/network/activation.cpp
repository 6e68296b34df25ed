#include "tandem/network/activation.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/relu6.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/tanh.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

struct NamedActivation {
  std::string_view name;
  Activation apply;
};

at::Tensor tanh_gelu(const at::Tensor& x) { return at::gelu(x, "tanh"); }

constexpr NamedActivation kActivations[] = {
    {"gelu", [](const at::Tensor& x) { return at::gelu(x); }},
    {"gelu_new", tanh_gelu},
    {"gelu_pytorch_tanh", tanh_gelu},
    {"gelu_fast", tanh_gelu},
    {"quick_gelu", [](const at::Tensor& x) { return x * at::sigmoid(1.702 * x); }},
    {"relu", [](const at::Tensor& x) { return at::relu(x); }},
    {"relu6", [](const at::Tensor& x) { return at::relu6(x); }},
    {"silu", [](const at::Tensor& x) { return at::silu(x); }},
    {"swish", [](const at::Tensor& x) { return at::silu(x); }},
    {"tanh", [](const at::Tensor& x) { return at::tanh(x); }},
};

}  // namespace

Activation activation_named(const std::string& name) {
  const auto* found = std::find_if(std::begin(kActivations), std::end(kActivations), [&](const auto& entry) { return entry.name == name; });
  return found == std::end(kActivations) ? nullptr : found->apply;
}

std::string activation_names() {
  std::string names;
  for (const NamedActivation& entry : kActivations) names += (names.empty() ? "" : ", ") + std::string(entry.name);
  return names;
}

Activation read_activation(const Json& config, const char* field, const std::string& otherwise, const std::filesystem::path& path) {
  const auto name = json_field_or<std::string>(config, field, otherwise, path);
  const Activation found = activation_named(name);
  if (found == nullptr) throw FileError(path, "\"" + std::string(field) + "\" to be one of " + activation_names(), "\"" + name + "\"");
  return found;
}

}  // namespace tandem
