// MPNet (Song et al. 2020, arXiv:2004.09297), only the encoder: BERT's layers without segments,
// RoBERTa's positions, and a bias on attention by distance that all layers share.
#pragma once

#include <filesystem>
#include <memory>

#include "tandem/encoders/encoder.h"
#include "tandem/encoders/transformer_config.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct MpnetConfig : TransformerConfig {
  std::int64_t relative_attention_num_buckets =
      32;  ///< rows of the bias; only the first 32 are used, as in transformers
};

/// Throws FileError as read_bert_config does, and if there are too few buckets or positions.
MpnetConfig read_mpnet_config(const Json& config, const std::filesystem::path& path);

/// Reads the weights, whose names may begin with "mpnet."; otherwise as read_bert.
std::unique_ptr<const TextEncoder> read_mpnet(const MpnetConfig& config, const WeightSource& weights);

}  // namespace tandem
