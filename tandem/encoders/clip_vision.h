// CLIP's vision tower (Radford et al. 2021, arXiv:2103.00020, section 2.4) as transformers'
// CLIPVisionModel computes it, before the projection.
#pragma once

#include <filesystem>
#include <memory>

#include "tandem/encoders/image_encoder.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Reads config.json of a "clip_vision_model", or of a whole "clip", whose "vision_config" it
/// takes; weights are named with or without "vision_model.", and the text half, projections and
/// position ids are left alone.
///
/// transformers applies post_layernorm to the class token alone and calls the outcome
/// pooler_output. So does this: in the last layer the class token is pooler_output, which `cls`
/// pooling then gives, and the patches are those of last_hidden_state.
/// Throws FileError naming the field that is wrong or not built, or the tensor that is missing, of
/// another shape or not finite.
std::unique_ptr<const ImageEncoder> read_clip_vision(const Json& config, const std::filesystem::path& config_path,
                                                     const WeightSource& weights);

}  // namespace tandem
