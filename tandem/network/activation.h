// The activations a config.json can name, as transformers' ACT2FN has them.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

#include "tandem/storage/json_file.h"

namespace tandem {

using Activation = at::Tensor (*)(const at::Tensor&);

/// Null if `name` is none of activation_names().
Activation activation_named(const std::string& name);

/// "gelu, gelu_new, ..."
std::string activation_names();

/// The activation that `field` of a configuration names; `otherwise` if the field is absent.
/// Throws FileError naming the field if the activation is none of ours.
Activation read_activation(const Json& config, const char* field, const std::string& otherwise, const std::filesystem::path& path);

}  // namespace tandem
