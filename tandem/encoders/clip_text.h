// CLIP's text tower (Radford et al. 2021, arXiv:2103.00020), without the projection: pre-norm transformer layers in which
// a token attends to itself and those before it. The end token, the last one of a caption, has seen all of it: pool it
// with "last", as CLIP does.
#pragma once

#include <filesystem>
#include <memory>

#include "tandem/encoders/encoder.h"
#include "tandem/encoders/transformer_config.h"
#include "tandem/encoders/transformer_layers.h"
#include "tandem/network/model_weights.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// The fields of a text tower: config.json of a clip_text_model itself, or "text_config" of a clip. What it leaves out is
/// filled in with transformers' defaults, for transformers leaves those out of "text_config".
Json clip_text_fields(const Json& config, const std::filesystem::path& path);

/// What CLIP calls the linear maps of a layer, in either half.
LayerLinears clip_linears();

/// Takes clip_text_fields(). Throws FileError if a field is out of range or asks for what is not built.
TransformerConfig read_clip_text_config(const Json& fields, const std::filesystem::path& path);

/// Reads the weights, with or without "text_model." before their names; those of the pictures' tower and the projections
/// are left alone. The last of hidden_states() has been through final_layer_norm, the others, as in transformers, have not.
std::unique_ptr<const TextEncoder> read_clip_text(const TransformerConfig& config, const WeightSource& weights);

}  // namespace tandem
