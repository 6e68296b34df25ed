// DeiT (Touvron et al. 2021, arXiv:2012.12877) as transformers' DeiTModel computes it: a ViT with a
// distillation token after the class token.
#pragma once

#include <filesystem>
#include <memory>

#include "tandem/encoders/image_encoder.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// As read_vit; the names may begin with "deit.". The encoder has two leading tokens.
std::unique_ptr<const ImageEncoder> read_deit(const Json& config, const std::filesystem::path& config_path,
                                              const WeightSource& weights);

}  // namespace tandem
