// Files from a data set's home or from a mirror of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "tandem/fetching/http/download_file.h"

namespace tandem {

struct DatasetSettings {
  std::string mirror = {};  ///< address used instead of every home; empty: none
  int stall_seconds = 30;   ///< a connection is given up after this long below 1,000 bytes per second
  int connections = 8;      ///< for pictures that are fetched one by one
  Patience patience = {};
};

/// Fetches files from one server, over one connection.
class DatasetFiles {
 public:
  /// `home` is an address without a slash at the end; a mirror replaces it.
  DatasetFiles(const std::string& home, const DatasetSettings& settings);

  /// Fetches HOME/path into `file` through FILE.part, in the same folder, which is made. FILE.part
  /// is continued if its ETag and length show that it is the same file. Nothing is requested if
  /// `file` exists. `arrived` is called with the bytes so far and in all.
  /// Throws FileError if the server does not have the file, does not answer or sends something
  /// other than it announced.
  void fetch(const std::string& path, const std::filesystem::path& file,
             const std::function<void(std::int64_t size_bytes, std::int64_t total_bytes)>& arrived = {});

  std::string address_of(const std::string& path) const { return home_ + "/" + path; }

 private:
  std::string home_;
  Patience patience_;
  HttpConnection connection_;
};

/// TANDEM_MIRROR, or `named` if that is not empty, without slashes at the end. Throws FileError
/// unless it is http or https.
std::string mirror_named(const std::string& named);

}  // namespace tandem
