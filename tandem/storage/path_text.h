// Paths that a file of ours has to remember.
#pragma once

#include <filesystem>
#include <string>

namespace tandem {

/// The path as JSON can hold it. Throws FileError naming the path if it is not UTF-8: another text
/// would be another path.
std::string path_text(const std::filesystem::path& path);

}  // namespace tandem
