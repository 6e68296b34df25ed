// Where the encoders are that set-up installs, for users who name none.
#pragma once

#include <filesystem>
#include <string>

namespace tandem::apps {

inline constexpr const char* kDefaultImageEncoder = "efficientnet-lite0";
inline constexpr const char* kDefaultTextEncoder = "all-MiniLM-L6-v2";

/// `models/NAME` under the current folder, or else beside the program's own folder.
/// Throws FileError if it is in neither place.
std::filesystem::path default_encoder(const std::string& name);

}  // namespace tandem::apps
