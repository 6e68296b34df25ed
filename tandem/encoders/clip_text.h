// CLIP's text tower (Radford et al. 2021, arXiv:2103.00020), without the projection: pre-norm
// transformer layers in which a token attends to itself and the tokens before it. A caption's end
// token attends to the whole caption, so CLIP pools with "last".
#pragma once

#include <filesystem>
#include <memory>

#include "tandem/encoders/encoder.h"
#include "tandem/encoders/transformer_config.h"
#include "tandem/encoders/transformer_layers.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// The fields of one half of a CLIP model, or config.json itself if it describes only that half.
/// Old files hold them twice, as "text_config" and "text_config_dict". Then the second one counts,
/// with the defaults for the fields it lacks, as in transformers.
///
///   half      "text_config" or "vision_config"
///   defaults  the values that transformers assumes
Json clip_half(const Json& config, const char* half, Json defaults, const std::filesystem::path& path);

/// The fields of a text tower. Missing fields get transformers' defaults, because transformers does
/// not write those to "text_config".
Json clip_text_fields(const Json& config, const std::filesystem::path& path);

/// CLIP's names for the linear maps of a layer, the same in both halves.
LayerLinears clip_linears();

struct ClipTextConfig : TransformerConfig {
  std::int64_t eos_token_id =
      0;  ///< its first occurrence gathers the caption; 2: the largest id does, as in the first CLIPs' files
};

/// Takes the result of clip_text_fields(). Throws FileError if a field is out of range or asks for
/// an unsupported feature.
ClipTextConfig read_clip_text_config(const Json& fields, const std::filesystem::path& path);

/// Reads the weights, whose names may begin with "text_model."; those of the vision tower and the
/// projections are ignored. As in transformers, final_layer_norm is applied only to the last of
/// hidden_states().
std::unique_ptr<const TextEncoder> read_clip_text(const ClipTextConfig& config, const WeightSource& weights);

}  // namespace tandem
