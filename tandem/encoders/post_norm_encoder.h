// What BERT, DistilBERT, RoBERTa and MPNet have in common: normed token and position embeddings,
// then transformer layers with the norms behind the sums.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "tandem/encoders/encoder.h"
#include "tandem/encoders/transformer_config.h"
#include "tandem/nn/model_weights.h"
#include "tandem/nn/transformer_layer.h"
#include "tandem/tokenizers/framed_tokenizer.h"

namespace tandem {

/// What sets one family apart from the others.
struct PostNormFamily {
  std::string prefix;        ///< that checkpoints of a larger model put before every name: "bert."
  std::string layer_prefix;  ///< "encoder.layer."
  TransformerLayerNames layer;
  std::int64_t type_vocab_size = 0;  ///< rows of the segments' embedding; 0: there is none
  SegmentIds segments;               ///< which of them are added to which tokens; empty: the first to all
  std::optional<std::int64_t>
      padding_id;  ///< positions begin behind it and skip tokens that are it; nothing: at 0, skipping none
  std::int64_t relative_buckets = 0;  ///< buckets of the bias by distance, shared by all layers; 0: there is none
  std::int64_t relative_rows = 0;     ///< rows of that bias, of which those of the buckets are looked at
};

/// Throws FileError if a weight is missing, of another shape or not finite, or there are too few
/// positions for padding_id.
std::unique_ptr<const TextEncoder> read_post_norm_encoder(const TransformerConfig& config, const PostNormFamily& family,
                                                          const WeightSource& weights);

}  // namespace tandem
