#include "tandem/encoders/distilbert.h"

#include "tandem/encoders/post_norm_encoder.h"

namespace tandem {

TransformerConfig read_distilbert_config(const Json& config, const std::filesystem::path& path) {
  TransformerConfig read = read_transformer_config(config,
                                                   {.hidden_size = "dim",
                                                    .num_hidden_layers = "n_layers",
                                                    .num_attention_heads = "n_heads",
                                                    .intermediate_size = "hidden_dim",
                                                    .hidden_act = "activation"},
                                                   path);
  read.layer_norm_eps = 1e-12;  // no field of config.json changes it
  return read;
}

std::unique_ptr<const TextEncoder> read_distilbert(const TransformerConfig& config, const WeightSource& weights) {
  const PostNormFamily family{.prefix = "distilbert.",
                              .layer_prefix = "transformer.layer.",
                              .layer = {.query = "attention.q_lin",
                                        .key = "attention.k_lin",
                                        .value = "attention.v_lin",
                                        .attention_output = "attention.out_lin",
                                        .attention_norm = "sa_layer_norm",
                                        .intermediate = "ffn.lin1",
                                        .output = "ffn.lin2",
                                        .output_norm = "output_layer_norm"}};
  return read_post_norm_encoder(config, family, weights);
}

}  // namespace tandem
