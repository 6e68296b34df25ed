// The fields of config.json that all transformer text encoders have, and how they are read.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

#include "tandem/nn/transformer_layer.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// With the names of most families; DistilBERT uses its own names for some.
struct TransformerConfig {
  std::int64_t vocab_size = 0;
  std::int64_t hidden_size = 0;
  std::int64_t num_hidden_layers = 0;
  std::int64_t num_attention_heads = 0;
  std::int64_t intermediate_size = 0;
  std::int64_t max_position_embeddings = 0;
  double layer_norm_eps = 0;
  std::string hidden_act;  ///< one of activation_names()
};

/// A family's names for the fields.
struct TransformerFields {
  const char* hidden_size = "hidden_size";
  const char* num_hidden_layers = "num_hidden_layers";
  const char* num_attention_heads = "num_attention_heads";
  const char* intermediate_size = "intermediate_size";
  const char* hidden_act = "hidden_act";
};

/// Throws FileError if a field is missing or out of range ("pad_token_id" too, if it is given), or
/// asks for an unsupported feature: another activation, positions that are not absolute, a decoder.
/// If config.json does not set them, the epsilon is 1e-12 and the activation is GELU.
TransformerConfig read_transformer_config(const Json& config, const TransformerFields& fields,
                                          const std::filesystem::path& path);

/// A whole number from `lowest` to 2^24. Throws FileError naming the field if it is absent or
/// anything else.
std::int64_t read_size(const Json& config, const char* field, std::int64_t lowest, const std::filesystem::path& path);

TransformerLayerOptions layer_options(const TransformerConfig& config);

/// Throws c10::ValueError unless ids are [B, T] int64 from 0 to vocab_size - 1, mask is [B, T] bool
/// and T is at most max_tokens.
void check_token_batch(const at::Tensor& ids, const at::Tensor& mask, std::int64_t vocab_size, std::int64_t max_tokens);

}  // namespace tandem
