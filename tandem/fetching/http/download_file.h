// The bytes of one file over HTTP, continued where an earlier try or an earlier run stopped.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "tandem/fetching/http/http_connection.h"
#include "tandem/fetching/http/patience.h"

namespace tandem {

struct WantedFile {
  std::string asked;  ///< how complaints name it
  std::string url;
  std::int64_t size_bytes = -1;  ///< -1: what the server says, or as many as come if it says nothing
  std::string etag = {};         ///< of the bytes that are there already; empty: they are trusted
};

struct DownloadWatch {
  /// Throws what an answer without success deserves: FileError, or HttpFailure if asking again may
  /// help.
  std::function<void(const HttpAnswer& answer)> check_success;
  /// Told of an answer that begins at the file's first byte, before any is kept; may be empty.
  std::function<void(const HttpAnswer& answer, std::int64_t size_bytes)> begun = {};
  /// Told the length of the part as it grows; may be empty.
  std::function<void(std::int64_t size_bytes, std::int64_t total_bytes)> arrived = {};
};

/// Appends to `part`, made if need be, what it lacks of the file, until it has all its bytes. They
/// are not hashed. Begins anew if the server does not continue where asked to, or has another file
/// now than the one `etag` was of.
/// Throws FileError also if the server claims another length than is wanted or sends more.
void download_file(HttpConnection& connection, const Patience& patience, const WantedFile& wanted,
                   const std::filesystem::path& part, const DownloadWatch& watch);

}  // namespace tandem
