// BERT (Devlin et al. 2019, arXiv:1810.04805), only the encoder: post-norm transformer layers over
// token, position and segment embeddings. Weights have the names of Hugging Face transformers.
#pragma once

#include <filesystem>
#include <memory>

#include "tandem/encoders/encoder.h"
#include "tandem/encoders/transformer_config.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"
#include "tandem/tokenizers/framed_tokenizer.h"

namespace tandem {

/// The fields of config.json that the encoder's arithmetic needs.
struct BertConfig : TransformerConfig {
  std::int64_t type_vocab_size = 0;
  SegmentIds segments;  ///< of a caption's tokens, as the tokenizer assigns them; below type_vocab_size
};

/// Throws FileError if a field is missing, out of range, or asks for an unsupported feature (an
/// activation, positions that are not absolute, a decoder), or if there are fewer segments than the
/// tokenizer's.
BertConfig read_bert_config(const Json& config, const std::filesystem::path& path, const SegmentIds& segments = {});

/// The names of a layer's parts in BERT and RoBERTa.
TransformerLayerNames bert_layer_names();

/// Reads the weights, whose names may begin with "bert."; position_ids, pooler and heads are
/// ignored. Throws FileError if a weight is missing, has another shape or is not finite.
std::unique_ptr<const TextEncoder> read_bert(const BertConfig& config, const WeightSource& weights);

}  // namespace tandem
