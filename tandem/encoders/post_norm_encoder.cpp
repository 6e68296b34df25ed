#include "tandem/encoders/post_norm_encoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cumsum.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/log.h>
#include <ATen/ops/where.h>

#include <cmath>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/encoders/transformer_layers.h"
#include "tandem/nn/attention.h"
#include "tandem/nn/layer_norm.h"
#include "tandem/nn/model_weights.h"

namespace tandem {
namespace {

class PostNormEncoder final : public TextEncoder, public TransformerLayers {
 public:
  PostNormEncoder(TransformerConfig config, PostNormFamily family, ModelWeights weights);

  std::vector<at::Tensor> hidden_states(const at::Tensor& ids, const at::Tensor& mask) const override;
  std::int64_t layers() const override { return config_.num_hidden_layers; }
  std::int64_t width() const override { return config_.hidden_size; }
  std::int64_t max_tokens() const override {
    return config_.max_position_embeddings - (padding_id_ ? *padding_id_ + 1 : 0);
  }

  std::int64_t layer_count() const override { return config_.num_hidden_layers; }
  at::Tensor run_layer(std::int64_t layer, const at::Tensor& x, const std::optional<at::Tensor>& bias,
                       const ModelWeights& weights) const override;
  std::optional<at::Tensor> attention_bias(const at::Tensor& mask) const override;
  LayerLinears linears(std::int64_t layer) const override;
  const ModelWeights& stored_weights() const override { return weights_; }

 private:
  at::Tensor embed(const at::Tensor& ids, const at::Tensor& mask) const;
  std::string layer_name(std::int64_t layer) const { return family_.layer_prefix + std::to_string(layer - 1) + "."; }

  TransformerConfig config_;
  PostNormFamily family_;
  ModelWeights weights_;
  std::optional<std::int64_t> padding_id_;
  at::ScalarType type_;   // of the states between the layers
  at::Tensor words_;      // [vocab_size, D]
  at::Tensor positions_;  // [max_position_embeddings, D], the embedding of segment 0 added where it is every token's
  at::Tensor segments_;   // [type_vocab_size, D] where tokens are of several segments; undefined otherwise
  at::Tensor distance_bias_;  // [2 * max_position_embeddings - 1, heads], from the farthest left on; undefined: none
  LayerNorm embedding_norm_;
  std::vector<TransformerLayer> layers_;
};

/// T5's buckets of distances (Raffel et al. 2020, arXiv:1910.10683), as in MPNet. For each
/// direction, distances up to a quarter of all buckets have one bucket each; the others are
/// increasingly wide, up to 128. Computed in float32 as in transformers, so that the edges are the
/// same.
///
///   distances  [N]  int64, the key's position minus the query's
at::Tensor bucket_of(const at::Tensor& distances, std::int64_t buckets) {
  constexpr double kFarthest = 128;
  const std::int64_t half = buckets / 2;
  const std::int64_t exact = half / 2;
  const at::Tensor far = distances.abs();
  const at::Tensor wide = at::log(far.clamp_min(1).to(at::kFloat) / exact) /
                          std::log(kFarthest / static_cast<double>(exact)) * static_cast<double>(half - exact);
  const at::Tensor rounded = (wide.to(at::kLong) + exact).clamp_max(half - 1);
  return at::where(distances > 0, half, 0) + at::where(far < exact, far, rounded);
}

/// The segment of every token; the values at padding are undefined.
///
///   mask  [B, T]  bool, true for a token
///
/// Returns [B, T] int64.
at::Tensor segments_of(const at::Tensor& mask, const SegmentIds& segments) {
  const at::Tensor places = at::arange(mask.size(1), mask.options().dtype(at::kLong)).unsqueeze(0);
  const at::Tensor ends = mask.sum(1, true);
  at::Tensor ids = at::full_like(mask, segments.text, mask.options().dtype(at::kLong));
  std::int64_t place = 0;
  for (const std::int64_t segment : segments.before) ids.masked_fill_(places == place++, segment);
  place = -static_cast<std::int64_t>(segments.after.size());
  for (const std::int64_t segment : segments.after) ids.masked_fill_(places == ends + place++, segment);
  return ids;
}

PostNormEncoder::PostNormEncoder(TransformerConfig config, PostNormFamily family, ModelWeights weights)
    : config_(std::move(config)),
      family_(std::move(family)),
      weights_(std::move(weights)),
      padding_id_(family_.padding_id),
      type_(scalar_type(weights_.precision())),
      words_(weights_.read("embeddings.word_embeddings.weight", {config_.vocab_size, config_.hidden_size})),
      positions_(weights_.read("embeddings.position_embeddings.weight",
                               {config_.max_position_embeddings, config_.hidden_size})),
      embedding_norm_(weights_.read_norm("embeddings.LayerNorm", config_.hidden_size, config_.layer_norm_eps)) {
  if (family_.type_vocab_size > 0) {
    const at::Tensor segments =
        weights_.read("embeddings.token_type_embeddings.weight", {family_.type_vocab_size, config_.hidden_size});
    if (family_.segments.largest() > 0) {
      segments_ = segments;
    } else {
      positions_ = positions_ + segments.select(0, 0);
    }
  }
  if (family_.relative_buckets > 0) {
    const at::Tensor table =
        weights_.read("encoder.relative_attention_bias.weight", {family_.relative_rows, config_.num_attention_heads});
    const std::int64_t farthest = config_.max_position_embeddings - 1;
    distance_bias_ = at::embedding(
        table, bucket_of(at::arange(-farthest, farthest + 1, at::kLong), family_.relative_buckets).to(table.device()));
  }
  for (std::int64_t layer = 1; layer <= config_.num_hidden_layers; ++layer) {
    layers_.emplace_back(weights_, layer_name(layer), family_.layer, layer_options(config_));
  }
}

at::Tensor PostNormEncoder::run_layer(std::int64_t layer, const at::Tensor& x, const std::optional<at::Tensor>& bias,
                                      const ModelWeights& weights) const {
  const TransformerLayer built(weights, layer_name(layer), family_.layer, layer_options(config_));
  return built(x.to(scalar_type(weights.precision())), bias);
}

LayerLinears PostNormEncoder::linears(std::int64_t layer) const {
  const TransformerLayerNames& names = family_.layer;
  const LayerLinears linears{.query = names.query,
                             .key = names.key,
                             .value = names.value,
                             .others = {names.attention_output, names.intermediate, names.output}};
  return linears.behind(layer_name(layer));
}

at::Tensor PostNormEncoder::embed(const at::Tensor& ids, const at::Tensor& mask) const {
  at::Tensor words = at::embedding(words_, ids);
  if (segments_.defined()) words = words + at::embedding(segments_, segments_of(mask, family_.segments));
  if (!padding_id_) return embedding_norm_(words + positions_.narrow(0, 0, ids.size(1)));
  const at::Tensor counted = (ids != *padding_id_).to(at::kLong);
  return embedding_norm_(words + at::embedding(positions_, counted.cumsum(1) * counted + *padding_id_));
}

std::optional<at::Tensor> PostNormEncoder::attention_bias(const at::Tensor& mask) const {
  std::optional<at::Tensor> bias = padding_bias(mask);
  if (!distance_bias_.defined()) return bias;
  const at::Tensor places = at::arange(mask.size(1), mask.options().dtype(at::kLong));
  const at::Tensor rows = places.unsqueeze(0) - places.unsqueeze(1) + (config_.max_position_embeddings - 1);
  const at::Tensor relative = at::embedding(distance_bias_, rows).permute({2, 0, 1}).unsqueeze(0);
  return bias ? *bias + relative : relative;
}

std::vector<at::Tensor> PostNormEncoder::hidden_states(const at::Tensor& ids, const at::Tensor& mask) const {
  check_token_batch(ids, mask, config_.vocab_size, max_tokens());
  std::vector<at::Tensor> states{embed(ids, mask).to(type_)};
  if (ids.numel() == 0) {
    states.resize(layers_.size() + 1, states.front());
    return states;
  }
  const std::optional<at::Tensor> bias = attention_bias(mask);
  for (const TransformerLayer& layer : layers_) states.push_back(layer(states.back(), bias));
  for (at::Tensor& state : states) state = state.to(at::kFloat);
  return states;
}

}  // namespace

std::unique_ptr<const TextEncoder> read_post_norm_encoder(const TransformerConfig& config, const PostNormFamily& family,
                                                          const WeightSource& weights) {
  return std::make_unique<PostNormEncoder>(config, family,
                                           ModelWeights(weights, family.prefix, "embeddings.word_embeddings.weight"));
}

}  // namespace tandem
