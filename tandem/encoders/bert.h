// BERT (Devlin et al. 2019, arXiv:1810.04805), the encoder alone: post-norm transformer layers over
// token, position and segment embeddings. Weights are named as Hugging Face transformers names
// them.
#pragma once

#include <filesystem>
#include <memory>

#include "tandem/encoders/encoder.h"
#include "tandem/encoders/transformer_config.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"
#include "tandem/tokenizers/framed_tokenizer.h"

namespace tandem {

/// config.json, as far as the encoder's arithmetic needs it.
struct BertConfig : TransformerConfig {
  std::int64_t type_vocab_size = 0;
  SegmentIds segments;  ///< of a caption's tokens, as the tokenizer numbers them; below type_vocab_size
};

/// Throws FileError if a field is missing, out of range, or asks for what is not built (an
/// activation, positions that are not absolute, a decoder), or if there are fewer segments than the
/// tokenizer's.
BertConfig read_bert_config(const Json& config, const std::filesystem::path& path, const SegmentIds& segments = {});

/// What BERT, and RoBERTa with it, calls the parts of a layer.
TransformerLayerNames bert_layer_names();

/// Reads the weights, with or without "bert." before their names; position_ids, pooler and heads
/// are left alone. Throws FileError if one is missing, of another shape or not finite.
std::unique_ptr<const TextEncoder> read_bert(const BertConfig& config, const WeightSource& weights);

}  // namespace tandem
