// Downloads one file over HTTP and continues where an earlier attempt or an earlier run stopped.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "tandem/fetching/http/http_connection.h"
#include "tandem/fetching/http/patience.h"

namespace tandem {

struct WantedFile {
  std::string asked;  ///< its name in error messages
  std::string url;
  std::int64_t size_bytes = -1;  ///< -1: what the server says, or as many bytes as come if it says nothing
  std::string etag = {};         ///< of the bytes that already exist; empty: they are trusted
};

struct DownloadWatch {
  /// Checks an answer. If it is not a success, throws FileError, or HttpFailure if a retry may
  /// help.
  std::function<void(const HttpAnswer& answer)> check_success;
  /// Called for an answer that begins at the file's first byte, before any byte is stored; may be
  /// empty.
  std::function<void(const HttpAnswer& answer, std::int64_t size_bytes)> begun = {};
  /// Called with the length of the part as it grows; may be empty.
  std::function<void(std::int64_t size_bytes, std::int64_t total_bytes)> arrived = {};
};

/// Appends to `part` (made if it does not exist) the missing bytes of the file until it is
/// complete. The bytes are not hashed. Starts again if the server does not continue at the
/// requested byte, or now has another file than the one of `etag`.
/// Throws FileError also if the server claims a length other than wanted or sends more.
void download_file(HttpConnection& connection, const Patience& patience, const WantedFile& wanted,
                   const std::filesystem::path& part, const DownloadWatch& watch);

}  // namespace tandem
