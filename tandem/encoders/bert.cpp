#include "tandem/encoders/bert.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/embedding.h>
#include <c10/util/Exception.h>

#include <optional>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/base/shape_check.h"
#include "tandem/network/activation.h"
#include "tandem/network/attention.h"
#include "tandem/network/layer_norm.h"
#include "tandem/network/linear.h"
#include "tandem/network/model_weights.h"

namespace tandem {
namespace {

struct BertLayer {
  Attention attention;
  Linear intermediate, output;
  LayerNorm attention_norm, output_norm;
};

class Bert final : public TextEncoder {
 public:
  Bert(BertConfig config, const ModelWeights& weights);

  std::vector<at::Tensor> hidden_states(const at::Tensor& ids, const at::Tensor& mask) const override;
  std::int64_t layers() const override { return config_.num_hidden_layers; }
  std::int64_t width() const override { return config_.hidden_size; }
  std::int64_t max_tokens() const override { return config_.max_position_embeddings; }

 private:
  at::Tensor embed(const at::Tensor& ids) const;

  BertConfig config_;
  Activation activation_;
  at::Tensor words_;      // [vocab_size, D]
  at::Tensor positions_;  // [max_position_embeddings, D], the embedding of segment 0 added
  LayerNorm embedding_norm_;
  std::vector<BertLayer> layers_;
};

BertLayer read_layer(const ModelWeights& weights, const std::string& name, const BertConfig& config) {
  const std::int64_t D = config.hidden_size;
  const auto square = [&](const char* part) { return weights.read_linear(name + part, D, D); };
  return {.attention = {square(".attention.self.query"), square(".attention.self.key"), square(".attention.self.value"),
                        square(".attention.output.dense"), config.num_attention_heads},
          .intermediate = weights.read_linear(name + ".intermediate.dense", D, config.intermediate_size),
          .output = weights.read_linear(name + ".output.dense", config.intermediate_size, D),
          .attention_norm = weights.read_norm(name + ".attention.output.LayerNorm", D, config.layer_norm_eps),
          .output_norm = weights.read_norm(name + ".output.LayerNorm", D, config.layer_norm_eps)};
}

Bert::Bert(BertConfig config, const ModelWeights& weights)
    : config_(std::move(config)),
      activation_(activation_named(config_.hidden_act)),
      words_(weights.read("embeddings.word_embeddings.weight", {config_.vocab_size, config_.hidden_size})),
      embedding_norm_(weights.read_norm("embeddings.LayerNorm", config_.hidden_size, config_.layer_norm_eps)) {
  const at::Tensor segments =
      weights.read("embeddings.token_type_embeddings.weight", {config_.type_vocab_size, config_.hidden_size});
  // A caption is one segment, so segment 0 is the same for every token.
  positions_ = weights.read("embeddings.position_embeddings.weight",
                            {config_.max_position_embeddings, config_.hidden_size}) +
               segments.select(0, 0);
  for (std::int64_t i = 0; i < config_.num_hidden_layers; ++i) {
    layers_.push_back(read_layer(weights, "encoder.layer." + std::to_string(i), config_));
  }
}

at::Tensor Bert::embed(const at::Tensor& ids) const {
  return embedding_norm_(at::embedding(words_, ids) + positions_.narrow(0, 0, ids.size(1)));
}

std::vector<at::Tensor> Bert::hidden_states(const at::Tensor& ids, const at::Tensor& mask) const {
  check_shape("hidden_states", "ids", ids, {kAnySize, kAnySize});
  check_shape("hidden_states", "mask", mask, {ids.size(0), ids.size(1)});
  TORCH_CHECK_VALUE(ids.scalar_type() == at::kLong, "hidden_states: ids must be int64, got ",
                    ids.scalar_type());
  TORCH_CHECK_VALUE(mask.scalar_type() == at::kBool, "hidden_states: mask must be bool, got ",
                    mask.scalar_type());
  TORCH_CHECK_VALUE(ids.size(1) <= max_tokens(), "hidden_states: ids must have at most ", max_tokens(),
                    " tokens a row, got ", shape_text(ids));
  TORCH_CHECK_VALUE(ids.numel() == 0 || (ids.min().item<std::int64_t>() >= 0 &&
                                         ids.max().item<std::int64_t>() < config_.vocab_size),
                    "hidden_states: ids must be from 0 to ", config_.vocab_size - 1, ", got ",
                    ids.min().item(), " to ", ids.max().item());

  std::vector<at::Tensor> states{embed(ids)};
  if (ids.numel() == 0) {
    states.resize(layers_.size() + 1, states.front());
    return states;
  }
  const std::optional<at::Tensor> bias = padding_bias(mask);
  for (const BertLayer& layer : layers_) {
    const at::Tensor attended = layer.attention_norm(layer.attention(states.back(), bias) + states.back());
    const at::Tensor wide = activation_(layer.intermediate(attended));
    states.push_back(layer.output_norm(layer.output(wide) + attended));
  }
  return states;
}

}  // namespace

BertConfig read_bert_config(const Json& config, const std::filesystem::path& path) {
  const auto size = [&](const char* name) {
    constexpr std::int64_t kLargest = std::int64_t{1} << 24;
    const auto value = json_field<std::int64_t>(config, name, path);
    if (value < 1 || value > kLargest) {
      throw FileError(path, "\"" + std::string(name) + "\" from 1 to " + std::to_string(kLargest),
                      std::to_string(value));
    }
    return value;
  };
  const BertConfig read{.vocab_size = size("vocab_size"),
                        .hidden_size = size("hidden_size"),
                        .num_hidden_layers = size("num_hidden_layers"),
                        .num_attention_heads = size("num_attention_heads"),
                        .intermediate_size = size("intermediate_size"),
                        .max_position_embeddings = size("max_position_embeddings"),
                        .type_vocab_size = size("type_vocab_size"),
                        .layer_norm_eps = json_field_or(config, "layer_norm_eps", 1e-12, path),
                        .hidden_act = json_field_or<std::string>(config, "hidden_act", "gelu", path)};
  if (read.hidden_size % read.num_attention_heads != 0) {
    throw FileError(path, "\"hidden_size\" to be a multiple of \"num_attention_heads\"",
                    std::to_string(read.hidden_size) + " and " + std::to_string(read.num_attention_heads));
  }
  if (!(read.layer_norm_eps > 0 && read.layer_norm_eps < 1)) {
    throw FileError(path, "\"layer_norm_eps\" between 0 and 1", std::to_string(read.layer_norm_eps));
  }
  read_activation(config, "hidden_act", "gelu", path);
  const auto positions = json_field_or<std::string>(config, "position_embedding_type", "absolute", path);
  if (positions != "absolute") {
    throw FileError(path, "\"position_embedding_type\" to be absolute", "\"" + positions + "\"");
  }
  if (json_field_or(config, "is_decoder", false, path))
    throw FileError(path, "an encoder", "\"is_decoder\": true");
  return read;
}

std::unique_ptr<const TextEncoder> read_bert(const BertConfig& config, const std::filesystem::path& weights) {
  return std::make_unique<Bert>(config, ModelWeights(weights, "bert.", "embeddings.word_embeddings.weight"));
}

}  // namespace tandem
