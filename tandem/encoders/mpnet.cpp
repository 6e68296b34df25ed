#include "tandem/encoders/mpnet.h"

#include "tandem/base/errors.h"
#include "tandem/encoders/post_norm_encoder.h"

namespace tandem {
namespace {

// Written into transformers' MPNet, whatever config.json says.
constexpr std::int64_t kPaddingId = 1;
constexpr std::int64_t kBuckets = 32;

}  // namespace

MpnetConfig read_mpnet_config(const Json& config, const std::filesystem::path& path) {
  MpnetConfig read{read_transformer_config(config, {}, path)};
  if (config.contains("relative_attention_num_buckets")) {
    read.relative_attention_num_buckets = read_size(config, "relative_attention_num_buckets", kBuckets, path);
  }
  if (read.max_position_embeddings <= kPaddingId + 1) {
    throw FileError(path, "\"max_position_embeddings\" of 3 or more", std::to_string(read.max_position_embeddings));
  }
  return read;
}

std::unique_ptr<const TextEncoder> read_mpnet(const MpnetConfig& config, const WeightSource& weights) {
  const PostNormFamily family{.prefix = "mpnet.",
                              .layer_prefix = "encoder.layer.",
                              .layer = {.query = "attention.attn.q",
                                        .key = "attention.attn.k",
                                        .value = "attention.attn.v",
                                        .attention_output = "attention.attn.o",
                                        .attention_norm = "attention.LayerNorm",
                                        .intermediate = "intermediate.dense",
                                        .output = "output.dense",
                                        .output_norm = "output.LayerNorm"},
                              .padding_id = kPaddingId,
                              .relative_buckets = kBuckets,
                              .relative_rows = config.relative_attention_num_buckets};
  return read_post_norm_encoder(config, family, weights);
}

}  // namespace tandem
