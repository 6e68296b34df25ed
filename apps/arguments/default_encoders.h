// Where encoders are: those that set-up installs, for users who name none, and those of the hub's
// cache.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tandem::apps {

inline constexpr const char* kDefaultImageEncoder = "efficientnet-lite0";
inline constexpr const char* kDefaultTextEncoder = "all-MiniLM-L6-v2";

/// The folders that set-up may have put encoders in: `models` here, then the one beside the
/// program's own folder.
std::vector<std::filesystem::path> models_folders();

/// `models/NAME` under the current folder, or else beside the program's own folder.
/// Throws FileError if it is in neither place.
std::filesystem::path default_encoder(const std::string& name);

/// The folder of an encoder as users name it: hf:ORG/NAME is looked up in the hub's cache, all else
/// is a folder already.
/// Throws FileError, saying what fetches it, if the cache does not have the whole model.
std::filesystem::path named_encoder(const std::string& name);

}  // namespace tandem::apps
