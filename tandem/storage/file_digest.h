// The hashes that publishers of files give for their content.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tandem {

enum class DigestKind { kMd5, kSha1, kSha256 };

/// The digest of `prefix` followed by the file's bytes, in lower-case hexadecimal digits. Reads the
/// whole file. Throws FileError if the file cannot be read.
std::string file_digest(DigestKind kind, const std::filesystem::path& file, std::string_view prefix = {});

}  // namespace tandem
