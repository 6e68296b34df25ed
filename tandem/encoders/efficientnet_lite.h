// EfficientNet-Lite (Tan and Le 2019, arXiv:1905.11946; Lite: no squeeze-excite, ReLU6): inverted
// residual blocks (Sandler et al. 2018, arXiv:1801.04381) from a table in config.json, which
// scripts/install_models.py writes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "tandem/encoders/image_encoder.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// One row of the table: `repeats` blocks; only the first has the stride.
struct EfficientNetStage {
  std::int64_t repeats = 1;
  std::int64_t kernel_size = 3;
  std::int64_t stride = 1;
  std::int64_t expand_ratio = 6;
  std::int64_t width = 0;
};

/// The fields of config.json that the network's arithmetic needs.
struct EfficientNetLiteConfig {
  std::int64_t stem_width = 0;
  std::vector<EfficientNetStage> stages;
  std::int64_t hidden_size = 0;
  double batch_norm_eps = 0;
};

/// Throws FileError if a field is missing, out of range, or asks for another activation or padding.
EfficientNetLiteConfig read_efficientnet_lite_config(const Json& config, const std::filesystem::path& path);

/// Reads the weights. The tower's patches are the positions of the head's map, so their mean is the
/// usual pooled feature. Pictures of at least 32 x 32 pixels are accepted.
/// Throws FileError if a weight is missing, has another shape or is not finite.
std::unique_ptr<const ImageEncoder> read_efficientnet_lite(const EfficientNetLiteConfig& config,
                                                           const WeightSource& weights);

}  // namespace tandem
