// What the image processors of Hugging Face transformers (4.57) assume where preprocessor_config.json says nothing, and
// which fields they do not look at.
#pragma once

#include <string>

#include "tandem/storage/json_file.h"

namespace tandem {

/// "ViTImageProcessor", "ViTImageProcessorFast", "ViTFeatureExtractor" -> "ViT".
std::string processor_family(const std::string& type);

/// The document as the processor of that family reads it: its defaults where fields are absent or null, and without the
/// cropping fields it ignores. As it is for families other than ViT, DeiT, CLIP, Bit (DINOv2's) and ConvNext (ResNet's).
Json with_processor_defaults(Json document, const std::string& family);

}  // namespace tandem
