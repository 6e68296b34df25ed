// DistilBERT (Sanh et al. 2019, arXiv:1910.01108), the encoder alone: BERT's layers without
// segments, under names of its own.
#pragma once

#include <filesystem>
#include <memory>

#include "tandem/encoders/encoder.h"
#include "tandem/encoders/transformer_config.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Reads dim, n_layers, n_heads, hidden_dim and activation beside the fields named as elsewhere.
/// Throws FileError as read_bert_config does.
TransformerConfig read_distilbert_config(const Json& config, const std::filesystem::path& path);

/// Reads the weights, with or without "distilbert." before their names; otherwise as read_bert.
std::unique_ptr<const TextEncoder> read_distilbert(const TransformerConfig& config, const WeightSource& weights);

}  // namespace tandem
