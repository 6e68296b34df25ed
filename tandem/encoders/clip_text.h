// CLIP's text tower (Radford et al. 2021, arXiv:2103.00020), without the projection: pre-norm
// transformer layers in which a token attends to itself and those before it. A caption's end token
// has seen all of it: pool it with "last", as CLIP does.
#pragma once

#include <filesystem>
#include <memory>

#include "tandem/encoders/encoder.h"
#include "tandem/encoders/transformer_config.h"
#include "tandem/encoders/transformer_layers.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// The fields of one half of a clip, or config.json itself where it is that half alone. Old files
/// say it twice, "text_config" and "text_config_dict"; then the second holds for all fields of
/// transformers' configuration, its defaults included.
///
///   half      "text_config" or "vision_config"
///   defaults  what transformers assumes
Json clip_half(const Json& config, const char* half, Json defaults, const std::filesystem::path& path);

/// The fields of a text tower. What they leave out is filled in with transformers' defaults, for
/// transformers leaves those out of "text_config".
Json clip_text_fields(const Json& config, const std::filesystem::path& path);

/// What CLIP calls the linear maps of a layer, in either half.
LayerLinears clip_linears();

struct ClipTextConfig : TransformerConfig {
  std::int64_t eos_token_id =
      0;  ///< the first of a caption gathers it; 2 stands for the largest id, as in the first CLIPs' files
};

/// Takes clip_text_fields(). Throws FileError if a field is out of range or asks for what is not
/// built.
ClipTextConfig read_clip_text_config(const Json& fields, const std::filesystem::path& path);

/// Reads the weights, with or without "text_model." before their names; those of the pictures'
/// tower and the projections are left alone. The last of hidden_states() has been through
/// final_layer_norm, the others, as in transformers, have not.
std::unique_ptr<const TextEncoder> read_clip_text(const ClipTextConfig& config, const WeightSource& weights);

}  // namespace tandem
