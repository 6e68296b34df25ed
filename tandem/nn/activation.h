// The activations that a config.json can name, as in transformers' ACT2FN.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

#include "tandem/nn/onednn.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// A function applied to every number of a layer's result. A default-constructed one changes
/// nothing.
struct Activation {
  at::Tensor (*apply)(const at::Tensor& x) = nullptr;
  onednn::Fused fused = {};  ///< the same function in oneDNN; "none" if oneDNN does not have it

  bool is_identity() const { return apply == nullptr; }
  bool is_fused() const { return is_identity() || fused.name != onednn::kNone; }
  at::Tensor operator()(const at::Tensor& x) const { return apply == nullptr ? x : apply(x); }
};

/// Throws c10::ValueError if `name` is none of activation_names().
Activation activation_named(const std::string& name);

/// "gelu, gelu_new, ..."
std::string activation_names();

/// The activation named by `field` of a configuration; `otherwise` if the field is absent. Throws
/// FileError naming the field if the activation is unknown.
Activation read_activation(const Json& config, const char* field, const std::string& otherwise,
                           const std::filesystem::path& path);

}  // namespace tandem
