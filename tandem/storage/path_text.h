// Paths that are stored in our files.
#pragma once

#include <filesystem>
#include <string>

namespace tandem {

/// The path as text for JSON. Throws FileError naming the path if it is not UTF-8, because JSON
/// could only hold a different path.
std::string path_text(const std::filesystem::path& path);

}  // namespace tandem
