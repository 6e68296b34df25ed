// RoBERTa (Liu et al. 2019, arXiv:1907.11692), the encoder alone: BERT's layers; positions are
// counted from behind the padding token's id and skip padding.
#pragma once

#include <filesystem>
#include <memory>

#include "tandem/encoders/bert.h"
#include "tandem/encoders/encoder.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct RobertaConfig : BertConfig {
  std::int64_t pad_token_id = 1;  ///< max_position_embeddings has room for it, what lies before it, and the tokens
};

/// Throws FileError as read_bert_config does, and if there is no position left for a token.
RobertaConfig read_roberta_config(const Json& config, const std::filesystem::path& path,
                                  const SegmentIds& segments = {});

/// Reads the weights, with or without "roberta." before their names; otherwise as read_bert.
std::unique_ptr<const TextEncoder> read_roberta(const RobertaConfig& config, const WeightSource& weights);

}  // namespace tandem
