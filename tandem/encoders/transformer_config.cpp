#include "tandem/encoders/transformer_config.h"

#include <ATen/ops/max.h>
#include <ATen/ops/min.h>
#include <c10/util/Exception.h>

#include "tandem/base/errors.h"
#include "tandem/base/shape_check.h"
#include "tandem/nn/activation.h"

namespace tandem {

std::int64_t read_size(const Json& config, const char* field, std::int64_t lowest, const std::filesystem::path& path) {
  constexpr std::int64_t kLargest = std::int64_t{1} << 24;
  return json_integer(config, field, lowest, kLargest, path);
}

TransformerConfig read_transformer_config(const Json& config, const TransformerFields& fields,
                                          const std::filesystem::path& path) {
  const auto size = [&](const char* field) { return read_size(config, field, 1, path); };
  const TransformerConfig read{.vocab_size = size("vocab_size"),
                               .hidden_size = size(fields.hidden_size),
                               .num_hidden_layers = size(fields.num_hidden_layers),
                               .num_attention_heads = size(fields.num_attention_heads),
                               .intermediate_size = size(fields.intermediate_size),
                               .max_position_embeddings = size("max_position_embeddings"),
                               .layer_norm_eps = json_field_or(config, "layer_norm_eps", 1e-12, path),
                               .hidden_act = json_field_or<std::string>(config, fields.hidden_act, "gelu", path)};
  if (read.hidden_size % read.num_attention_heads != 0) {
    throw FileError(
        path, "\"" + std::string(fields.hidden_size) + "\" to be a multiple of \"" + fields.num_attention_heads + "\"",
        std::to_string(read.hidden_size) + " and " + std::to_string(read.num_attention_heads));
  }
  if (!(read.layer_norm_eps > 0 && read.layer_norm_eps < 1)) {
    throw FileError(path, "\"layer_norm_eps\" between 0 and 1", std::to_string(read.layer_norm_eps));
  }
  read_activation(config, fields.hidden_act, "gelu", path);
  const auto positions = json_field_or<std::string>(config, "position_embedding_type", "absolute", path);
  if (positions != "absolute") {
    throw FileError(path, "\"position_embedding_type\" to be absolute", "\"" + positions + "\"");
  }
  // Most families do not compute with it, but a folder in which it is outside the vocabulary is
  // wrong.
  if (config.contains("pad_token_id") && !config.at("pad_token_id").is_null()) {
    json_integer(config, "pad_token_id", 0, read.vocab_size - 1, path);
  }
  if (json_field_or(config, "is_decoder", false, path)) throw FileError(path, "an encoder", "\"is_decoder\": true");
  return read;
}

TransformerLayerOptions layer_options(const TransformerConfig& config) {
  return {.width = config.hidden_size,
          .intermediate_width = config.intermediate_size,
          .heads = config.num_attention_heads,
          .epsilon = config.layer_norm_eps,
          .activation = activation_named(config.hidden_act)};
}

void check_token_batch(const at::Tensor& ids, const at::Tensor& mask, std::int64_t vocab_size,
                       std::int64_t max_tokens) {
  check_shape("hidden_states", "ids", ids, {kAnySize, kAnySize});
  check_shape("hidden_states", "mask", mask, {ids.size(0), ids.size(1)});
  TORCH_CHECK_VALUE(ids.scalar_type() == at::kLong, "hidden_states: ids must be int64, got ", ids.scalar_type());
  TORCH_CHECK_VALUE(mask.scalar_type() == at::kBool, "hidden_states: mask must be bool, got ", mask.scalar_type());
  TORCH_CHECK_VALUE(ids.size(1) <= max_tokens, "hidden_states: ids must have at most ", max_tokens,
                    " tokens a row, got ", shape_text(ids));
  TORCH_CHECK_VALUE(
      ids.numel() == 0 || (ids.min().item<std::int64_t>() >= 0 && ids.max().item<std::int64_t>() < vocab_size),
      "hidden_states: ids must be from 0 to ", vocab_size - 1, ", got ", ids.min().item(), " to ", ids.max().item());
}

}  // namespace tandem
