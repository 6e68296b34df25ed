// The fields of config.json that all transformer text encoders have, and how they are read.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

#include "tandem/nn/transformer_layer.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Named as most families name them; DistilBERT has names of its own for some.
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

/// What a family calls the fields.
struct TransformerFields {
  const char* hidden_size = "hidden_size";
  const char* num_hidden_layers = "num_hidden_layers";
  const char* num_attention_heads = "num_attention_heads";
  const char* intermediate_size = "intermediate_size";
  const char* hidden_act = "hidden_act";
};

/// Throws FileError if a field is missing or out of range ("pad_token_id" too, where it is given),
/// or asks for what is not built: another activation, positions that are not absolute, a decoder.
/// The epsilon is 1e-12, the activation GELU, where config.json says nothing.
TransformerConfig read_transformer_config(const Json& config, const TransformerFields& fields,
                                          const std::filesystem::path& path);

/// A whole number from `lowest` to 2^24.
std::int64_t read_size(const Json& config, const char* field, std::int64_t lowest, const std::filesystem::path& path);

TransformerLayerOptions layer_options(const TransformerConfig& config);

/// Throws c10::ValueError unless ids are [B, T] int64 from 0 to vocab_size - 1, mask is [B, T] bool
/// and T fits.
void check_token_batch(const at::Tensor& ids, const at::Tensor& mask, std::int64_t vocab_size, std::int64_t max_tokens);

}  // namespace tandem
