// RoBERTa (Liu et al. 2019, arXiv:1907.11692), only the encoder: BERT's layers; positions are
// counted from the padding token's id + 1 and skip padding.
#pragma once

#include <filesystem>
#include <memory>

#include "tandem/encoders/bert.h"
#include "tandem/encoders/encoder.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct RobertaConfig : BertConfig {
  std::int64_t pad_token_id = 1;  ///< max_position_embeddings counts positions up to this id, then the tokens'
};

/// Throws FileError as read_bert_config does, and if no position is left for a token.
RobertaConfig read_roberta_config(const Json& config, const std::filesystem::path& path,
                                  const SegmentIds& segments = {});

/// Reads the weights, whose names may begin with "roberta."; otherwise as read_bert.
std::unique_ptr<const TextEncoder> read_roberta(const RobertaConfig& config, const WeightSource& weights);

}  // namespace tandem
