// BERT (Devlin et al. 2019, arXiv:1810.04805), the encoder alone: post-norm transformer layers over token,
// position and segment embeddings. Weights are named as Hugging Face transformers names them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tandem/encoders/encoder.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// config.json, as far as the encoder's arithmetic needs it.
struct BertConfig {
  std::int64_t vocab_size = 0;
  std::int64_t hidden_size = 0;
  std::int64_t num_hidden_layers = 0;
  std::int64_t num_attention_heads = 0;
  std::int64_t intermediate_size = 0;
  std::int64_t max_position_embeddings = 0;
  std::int64_t type_vocab_size = 0;
  double layer_norm_eps = 0;
  std::string hidden_act;  ///< one of activation_names()
};

/// Throws FileError if a field is missing, out of range, or asks for what is not built (an activation,
/// positions that are not absolute, a decoder).
BertConfig read_bert_config(const Json& config, const std::filesystem::path& path);

/// Reads the weights, with or without "bert." before their names; position_ids, pooler and heads are left
/// alone. Throws FileError if one is missing, of another shape or not finite.
std::unique_ptr<const TextEncoder> read_bert(const BertConfig& config, const std::filesystem::path& weights);

}  // namespace tandem
