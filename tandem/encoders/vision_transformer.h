// The transformer over patches that ViT, DeiT, DINOv2 and CLIP share (Dosovitskiy et al. 2021,
// arXiv:2010.11929, section 3.1). Each family reads its weights, under its own names, into these
// parts.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tandem/encoders/image_encoder.h"
#include "tandem/encoders/transformer_layers.h"
#include "tandem/nn/activation.h"
#include "tandem/nn/layer_norm.h"
#include "tandem/nn/linear.h"
#include "tandem/nn/model_weights.h"
#include "tandem/nn/pre_norm_layer.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// The fields of config.json that the families share, with transformers' names; each family has its
/// own defaults.
struct VisionTransformerConfig {
  std::int64_t image_size = 224;  ///< pixels
  std::int64_t patch_size = 16;   ///< pixels
  std::int64_t hidden_size = 768;
  std::int64_t num_hidden_layers = 12;
  std::int64_t num_attention_heads = 12;
  std::int64_t intermediate_size = 3072;  ///< 0: not read, because the family derives it
  bool qkv_bias = true;
  double layer_norm_eps = 1e-12;
  Activation hidden_act = {};

  std::int64_t grid() const { return image_size / patch_size; }
};

/// Fields that are absent or null keep the value of `defaults`, and hidden_act that of
/// `activation`: files leave out what equals the default.
/// Throws FileError naming the field if one has the wrong type, is out of range or unsupported, or
/// if the heads do not divide the width or the patches do not divide the picture.
VisionTransformerConfig read_vision_transformer_config(const Json& config, const std::filesystem::path& path,
                                                       VisionTransformerConfig defaults,
                                                       const char* activation = "gelu");

/// The treatment of position embeddings if a picture has another number of patches.
enum class OtherSizes {
  kRefused,
  kBicubic,             ///< interpolated like torch's bicubic
  kBicubicAntialiased,  ///< the same with its antialias
};

/// The tokens that the final norm, after the last layer, is applied to.
enum class FinalNorm { kAllTokens, kClassToken };

/// How a family reads its layers: once for the frozen network, and again in every pass with
/// gradients.
struct VisionLayers {
  std::int64_t count = 0;
  std::string prefix;  ///< of a layer's name, before its number: "encoder.layer."
  std::function<PreNormLayer(const ModelWeights& weights, const std::string& name)> read;
  std::function<LayerNorm(const ModelWeights& weights)> read_final_norm;
  LayerLinears linears;  ///< after a layer's name
};

struct VisionTransformerParts {
  std::int64_t image_size = 0;  ///< pixels; the size that the positions were trained for
  std::int64_t patch_size = 0;  ///< pixels
  Linear patches;               ///< D x (3 * patch_size^2): maps a patch's pixels, channel by channel, to its embedding
  at::Tensor leading;           ///< [1, L, D] class token first, with their positions added
  at::Tensor positions;         ///< [1, N, D] of the patches, row by row
  OtherSizes other_sizes = OtherSizes::kRefused;
  std::optional<LayerNorm> first_norm;  ///< over the embeddings
  VisionLayers layers;
  FinalNorm norm_reach = FinalNorm::kAllTokens;
};

std::unique_ptr<const ImageEncoder> make_vision_transformer(VisionTransformerParts parts, ModelWeights weights);

/// A convolution over patches that do not overlap, NAME.weight [D, 3, P, P] and, if `bias`,
/// NAME.bias [D], as the equivalent linear layer.
Linear read_patch_embedding(const ModelWeights& weights, const std::string& name, const VisionTransformerConfig& config,
                            bool bias);

}  // namespace tandem
