// The image processors of Hugging Face transformers (4.57) that tandem implements, their defaults
// for fields missing in preprocessor_config.json, and the fields that they ignore.
#pragma once

#include <filesystem>
#include <string>

#include "tandem/storage/json_file.h"

namespace tandem {

/// "ViTImageProcessor", "ViTImageProcessorFast", "ViTFeatureExtractor" -> "ViT".
std::string processor_family(const std::string& type);

/// Whether the processor computes with torchvision instead of Pillow and NumPy: its name ends in
/// "Fast".
bool is_fast_processor(const std::string& type);

/// Throws FileError, naming the known processors, unless tandem implements this one.
void check_processor_type(const std::string& type, const std::filesystem::path& path);

/// The document as that processor reads it: with its defaults for fields that are absent or null,
/// and without the cropping fields that it ignores. Unchanged if `type` is empty.
Json with_processor_defaults(Json document, const std::string& type);

}  // namespace tandem
