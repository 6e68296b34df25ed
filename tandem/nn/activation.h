// The activations a config.json can name, as transformers' ACT2FN has them.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

#include "tandem/nn/onednn.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// What is applied to every number behind a layer. Default-constructed it leaves them as they are.
struct Activation {
  at::Tensor (*apply)(const at::Tensor& x) = nullptr;
  onednn::Fused fused = {};  ///< the same for oneDNN, where it has it; "none" where not

  bool is_identity() const { return apply == nullptr; }
  bool is_fused() const { return is_identity() || fused.name != onednn::kNone; }
  at::Tensor operator()(const at::Tensor& x) const { return apply == nullptr ? x : apply(x); }
};

/// Throws c10::ValueError if `name` is none of activation_names().
Activation activation_named(const std::string& name);

/// "gelu, gelu_new, ..."
std::string activation_names();

/// The activation that `field` of a configuration names; `otherwise` if the field is absent.
/// Throws FileError naming the field if the activation is none of ours.
Activation read_activation(const Json& config, const char* field, const std::string& otherwise,
                           const std::filesystem::path& path);

}  // namespace tandem
