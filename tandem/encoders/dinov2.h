// DINOv2 (Oquab et al. 2023, arXiv:2304.07193) and its variant with register tokens (Darcet et al.
// 2023, arXiv:2309.16588), as transformers' Dinov2Model and Dinov2WithRegistersModel compute them.
#pragma once

#include <filesystem>
#include <memory>

#include "tandem/encoders/image_encoder.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Reads the weights, whose names may begin with "dinov2."; the mask token and heads are ignored.
/// Pictures of at least one patch are accepted: positions are interpolated (bicubic), and pixels
/// beyond the last whole patch are dropped. Layer scale is folded into the layer before it.
/// Throws FileError naming the field that is wrong or unsupported, or the tensor that is missing,
/// has another shape or is not finite.
std::unique_ptr<const ImageEncoder> read_dinov2(const Json& config, const std::filesystem::path& config_path,
                                                const WeightSource& weights);

/// The same with "dinov2_with_registers." before the names: "num_register_tokens" tokens follow the
/// class token, and positions are interpolated with antialias.
std::unique_ptr<const ImageEncoder> read_dinov2_with_registers(const Json& config,
                                                               const std::filesystem::path& config_path,
                                                               const WeightSource& weights);

}  // namespace tandem
