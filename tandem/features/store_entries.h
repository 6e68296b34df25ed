// The entries of a folder that belong to its feature store; all others are the user's.
#pragma once

#include <filesystem>

namespace tandem {

/// Whether FOLDER/NAME is the manifest, a shard or the survey of pictures.
bool is_store_entry(const std::filesystem::path& entry);

inline constexpr const char* kSurveyName = "survey.safetensors";

}  // namespace tandem
