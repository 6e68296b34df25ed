// The hashes by which the hub names what is in a file: SHA-256 (Git LFS), or Git's SHA-1 of a blob.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tandem {

/// Whether `etag` is one of these hashes: 64 or 40 hexadecimal digits, in lower case.
bool is_content_hash(std::string_view etag);

/// The hash of the file's bytes, of the kind `etag` is. Reads the whole file.
/// Throws FileError if the file cannot be read, c10::ValueError unless is_content_hash(etag).
std::string content_hash_like(std::string_view etag, const std::filesystem::path& file);

/// Reads a file that the cache of Hugging Face's tools keeps under its hash, as blobs/HASH, by that
/// name or by a link to it, and throws FileError if its bytes have another. Of other files it knows
/// nothing, and does nothing.
void check_content_hash(const std::filesystem::path& file);

}  // namespace tandem
