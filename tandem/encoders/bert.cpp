#include "tandem/encoders/bert.h"

#include <string>

#include "tandem/base/errors.h"
#include "tandem/encoders/post_norm_encoder.h"

namespace tandem {

BertConfig read_bert_config(const Json& config, const std::filesystem::path& path, const SegmentIds& segments) {
  BertConfig read{read_transformer_config(config, {}, path), read_size(config, "type_vocab_size", 1, path), segments};
  if (segments.largest() >= read.type_vocab_size) {
    throw FileError(path, "\"type_vocab_size\" to cover the tokenizer's segment " + std::to_string(segments.largest()),
                    std::to_string(read.type_vocab_size));
  }
  return read;
}

TransformerLayerNames bert_layer_names() {
  return {.query = "attention.self.query",
          .key = "attention.self.key",
          .value = "attention.self.value",
          .attention_output = "attention.output.dense",
          .attention_norm = "attention.output.LayerNorm",
          .intermediate = "intermediate.dense",
          .output = "output.dense",
          .output_norm = "output.LayerNorm"};
}

std::unique_ptr<const TextEncoder> read_bert(const BertConfig& config, const WeightSource& weights) {
  const PostNormFamily family{.prefix = "bert.",
                              .layer_prefix = "encoder.layer.",
                              .layer = bert_layer_names(),
                              .type_vocab_size = config.type_vocab_size,
                              .segments = config.segments};
  return read_post_norm_encoder(config, family, weights);
}

}  // namespace tandem
