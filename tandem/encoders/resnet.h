// ResNet (He et al. 2016, arXiv:1512.03385) as transformers' ResNetModel computes it: a 7 x 7 stem,
// then stages of basic or bottleneck blocks. If "downsample_in_bottleneck" is false, the 3 x 3
// convolution has the stride ("v1.5").
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tandem/encoders/image_encoder.h"
#include "tandem/nn/activation.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"

namespace tandem {

enum class ResNetBlockKind { kBasic, kBottleneck };

/// The fields of config.json that the network's arithmetic needs.
struct ResNetConfig {
  std::int64_t embedding_size = 64;                              ///< the stem's channels
  std::vector<std::int64_t> hidden_sizes{256, 512, 1024, 2048};  ///< channels of each stage
  std::vector<std::int64_t> depths{3, 4, 6, 3};                  ///< blocks of each stage
  ResNetBlockKind layer_type = ResNetBlockKind::kBottleneck;
  std::string hidden_act = "relu";  ///< one of activation_names()
  bool downsample_in_first_stage = false;
  bool downsample_in_bottleneck = false;
};

/// Absent fields get transformers' defaults. Throws FileError naming the field if one is out of
/// range or unsupported.
ResNetConfig read_resnet_config(const Json& config, const std::filesystem::path& path);

/// Reads the weights, whose names may begin with "resnet."; the classifier is ignored. Layer 0 is
/// the stem after its max pooling, followed by one layer per stage. The mean over the last layer's
/// patches is transformers' pooler_output.
/// Throws FileError if a weight is missing, has another shape or is not finite.
std::unique_ptr<const ImageEncoder> read_resnet(const ResNetConfig& config, const WeightSource& weights);

}  // namespace tandem
