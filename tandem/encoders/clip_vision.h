// CLIP's vision tower (Radford et al. 2021, arXiv:2103.00020, section 2.4) as transformers'
// CLIPVisionModel computes it, before the projection.
#pragma once

#include <filesystem>
#include <memory>

#include "tandem/encoders/image_encoder.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Reads config.json of a "clip_vision_model", or "vision_config" of a whole "clip". The names of
/// the weights may begin with "vision_model."; the text half, projections and position ids are
/// ignored.
///
/// As in transformers, post_layernorm is applied only to the class token, which gives
/// pooler_output. So the last layer's class token is pooler_output, which `cls` pooling returns,
/// and its patches are those of last_hidden_state.
///
/// Throws FileError naming the field that is wrong or unsupported, or the tensor that is missing,
/// has another shape or is not finite.
std::unique_ptr<const ImageEncoder> read_clip_vision(const Json& config, const std::filesystem::path& config_path,
                                                     const WeightSource& weights);

}  // namespace tandem
