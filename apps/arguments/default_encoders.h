// Finds encoders: the default ones that set-up installs, and those in the cache of the Hugging Face
// hub.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tandem::apps {

inline constexpr const char* kDefaultImageEncoder = "efficientnet-lite0";
inline constexpr const char* kDefaultTextEncoder = "all-MiniLM-L6-v2";

/// The folders where set-up may have put encoders: `models` in the current folder, then `models`
/// beside the program's own folder.
std::vector<std::filesystem::path> models_folders();

/// The folder of a default encoder: `models/NAME` in the current folder, or else beside the
/// program's own folder.
/// Throws FileError if it is in neither place.
std::filesystem::path default_encoder(const std::string& name);

/// The folder of the encoder that the user named. hf:ORG/NAME is looked up in the hub's cache; any
/// other name is the folder itself.
/// Throws FileError if the cache does not have the complete model; the message names the command
/// that fetches it.
std::filesystem::path named_encoder(const std::string& name);

}  // namespace tandem::apps
