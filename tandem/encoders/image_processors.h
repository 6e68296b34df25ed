// The image processors of Hugging Face transformers (4.57) that tandem repeats, what they assume
// where preprocessor_config.json says nothing, and which fields they do not look at.
#pragma once

#include <filesystem>
#include <string>

#include "tandem/storage/json_file.h"

namespace tandem {

/// "ViTImageProcessor", "ViTImageProcessorFast", "ViTFeatureExtractor" -> "ViT".
std::string processor_family(const std::string& type);

/// Whether the processor computes with torchvision in place of Pillow and NumPy: its name ends in
/// "Fast".
bool is_fast_processor(const std::string& type);

/// Throws FileError, naming those that are known, unless tandem repeats the processor.
void check_processor_type(const std::string& type, const std::filesystem::path& path);

/// The document as that processor reads it: its defaults where fields are absent or null, and
/// without the cropping fields it ignores. As it is where `type` is empty.
Json with_processor_defaults(Json document, const std::string& type);

}  // namespace tandem
