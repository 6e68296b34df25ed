// DistilBERT (Sanh et al. 2019, arXiv:1910.01108), only the encoder: BERT's layers without
// segments, with their own names.
#pragma once

#include <filesystem>
#include <memory>

#include "tandem/encoders/encoder.h"
#include "tandem/encoders/transformer_config.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Reads dim, n_layers, n_heads, hidden_dim and activation; the other fields have their usual
/// names. Throws FileError as read_bert_config does.
TransformerConfig read_distilbert_config(const Json& config, const std::filesystem::path& path);

/// Reads the weights, whose names may begin with "distilbert."; otherwise as read_bert.
std::unique_ptr<const TextEncoder> read_distilbert(const TransformerConfig& config, const WeightSource& weights);

}  // namespace tandem
