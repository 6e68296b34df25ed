// The hashes by which the hub names a file's content: SHA-256 (Git LFS) or the SHA-1 of a Git blob.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tandem {

/// Whether `etag` is one of these hashes: 64 or 40 lower-case hexadecimal digits.
bool is_content_hash(std::string_view etag);

/// The hash of the file's bytes, of the same kind as `etag`. Reads the whole file. Throws FileError
/// if the file cannot be read, c10::ValueError unless is_content_hash(etag).
std::string content_hash_like(std::string_view etag, const std::filesystem::path& file);

/// Checks a file in the cache of Hugging Face's tools, which keeps files under their hash, as
/// blobs/HASH. `file` may be that file or a link to it.
/// Throws FileError if the bytes have another hash. Does nothing for files outside such a cache.
void check_content_hash(const std::filesystem::path& file);

}  // namespace tandem
