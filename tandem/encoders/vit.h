// ViT (Dosovitskiy et al. 2021, arXiv:2010.11929) as transformers' ViTModel computes it, without
// its pooler.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tandem/encoders/vision_transformer.h"
#include "tandem/nn/model_weights.h"

namespace tandem {

/// Reads the weights, with or without "vit." before their names; classifier, pooler and mask token
/// are left alone. Pictures of another size than "image_size" are refused, as transformers does
/// unless told otherwise.
/// Throws FileError naming the field that is wrong or not built, or the tensor that is missing, of
/// another shape or not finite.
std::unique_ptr<const ImageEncoder> read_vit(const Json& config, const std::filesystem::path& config_path,
                                             const WeightSource& weights);

/// What ViT and DeiT share: everything but the prefix of the names and the tokens before the
/// patches.
///
///   leading_tokens  names of the tensors [1, 1, D] that stand before the patches
std::unique_ptr<const ImageEncoder> read_vit_like(const Json& config, const std::filesystem::path& config_path,
                                                  const ModelWeights& weights,
                                                  const std::vector<std::string>& leading_tokens);

/// What ViT, DeiT and DINOv2 call the linear maps of a layer; the feed-forward half's are the
/// family's own.
LayerLinears vit_linears(const std::vector<std::string>& feed_forward);

/// NAME.query, .key and .value, and OUTPUT: the names that ViT, DeiT and DINOv2 give their
/// attention.
Attention read_vit_attention(const ModelWeights& weights, const std::string& name, Linear output,
                             const VisionTransformerConfig& config);

}  // namespace tandem
