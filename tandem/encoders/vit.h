// ViT (Dosovitskiy et al. 2021, arXiv:2010.11929) as transformers' ViTModel computes it, without
// its pooler.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tandem/encoders/vision_transformer.h"
#include "tandem/nn/model_weights.h"

namespace tandem {

/// Reads the weights, whose names may begin with "vit."; classifier, pooler and mask token are
/// ignored. Pictures of another size than "image_size" are rejected, as transformers does by
/// default.
/// Throws FileError naming the field that is wrong or unsupported, or the tensor that is missing,
/// has another shape or is not finite.
std::unique_ptr<const ImageEncoder> read_vit(const Json& config, const std::filesystem::path& config_path,
                                             const WeightSource& weights);

/// The common part of ViT and DeiT: everything except the prefix of the names and the tokens before
/// the patches.
///
///   leading_tokens  names of the tensors [1, 1, D] of the tokens before the patches
std::unique_ptr<const ImageEncoder> read_vit_like(const Json& config, const std::filesystem::path& config_path,
                                                  const ModelWeights& weights,
                                                  const std::vector<std::string>& leading_tokens);

/// The names that ViT, DeiT and DINOv2 give the linear maps of a layer. Those of the feed-forward
/// half differ between the families.
LayerLinears vit_linears(const std::vector<std::string>& feed_forward);

/// NAME.query, .key and .value, and `output`: the attention as ViT, DeiT and DINOv2 name its
/// weights.
Attention read_vit_attention(const ModelWeights& weights, const std::string& name, Linear output,
                             const VisionTransformerConfig& config);

}  // namespace tandem
