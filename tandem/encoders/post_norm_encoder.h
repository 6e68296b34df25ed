// The common part of BERT, DistilBERT, RoBERTa and MPNet: normed token and position embeddings,
// then transformer layers with the norms after the sums.
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

/// The differences between the families.
struct PostNormFamily {
  std::string prefix;        ///< before every name in checkpoints of a larger model: "bert."
  std::string layer_prefix;  ///< "encoder.layer."
  TransformerLayerNames layer;
  std::int64_t type_vocab_size = 0;  ///< rows of the segment embedding; 0: there is none
  SegmentIds segments;               ///< the rows added to the tokens; empty: the first row to all
  std::optional<std::int64_t>
      padding_id;  ///< positions begin after it and skip tokens with this id; nothing: they begin at 0 and skip none
  std::int64_t relative_buckets = 0;  ///< buckets of the bias by distance, shared by all layers; 0: there is none
  std::int64_t relative_rows = 0;     ///< rows of that bias; only those of the buckets are used
};

/// Throws FileError if a weight is missing, has another shape or is not finite, or there are too
/// few positions for padding_id.
std::unique_ptr<const TextEncoder> read_post_norm_encoder(const TransformerConfig& config, const PostNormFamily& family,
                                                          const WeightSource& weights);

}  // namespace tandem
