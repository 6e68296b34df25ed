#include "tandem/encoders/roberta.h"

#include "tandem/base/errors.h"
#include "tandem/encoders/post_norm_encoder.h"

namespace tandem {

RobertaConfig read_roberta_config(const Json& config, const std::filesystem::path& path, const SegmentIds& segments) {
  RobertaConfig read{read_bert_config(config, path, segments)};
  if (config.contains("pad_token_id")) read.pad_token_id = read_size(config, "pad_token_id", 0, path);
  if (read.pad_token_id + 1 >= read.max_position_embeddings) {
    throw FileError(path, "\"max_position_embeddings\" past \"pad_token_id\"",
                    std::to_string(read.max_position_embeddings) + " and " + std::to_string(read.pad_token_id));
  }
  return read;
}

std::unique_ptr<const TextEncoder> read_roberta(const RobertaConfig& config, const WeightSource& weights) {
  const PostNormFamily family{.prefix = "roberta.",
                              .layer_prefix = "encoder.layer.",
                              .layer = bert_layer_names(),
                              .type_vocab_size = config.type_vocab_size,
                              .segments = config.segments,
                              .padding_id = config.pad_token_id};
  return read_post_norm_encoder(config, family, weights);
}

}  // namespace tandem
