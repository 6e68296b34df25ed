// Files from a data set's home or a mirror of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "tandem/fetching/http/download_file.h"

namespace tandem {

struct DatasetSettings {
  std::string mirror = {};  ///< address instead of every home; empty: none
  int stall_seconds = 30;   ///< a connection is given up after so long at less than 1,000 bytes a second
  int connections = 8;      ///< for pictures that come one by one
  Patience patience = {};
};

/// Asks of one server, over one connection.
class DatasetFiles {
 public:
  /// `home` is an address without a slash at the end; the mirror's takes its place if there is one.
  DatasetFiles(const std::string& home, const DatasetSettings& settings);

  /// Fetches HOME/path into `file`, by way of FILE.part, which is continued if its ETag and length
  /// say it is the same file; nothing is asked if `file` is there. Both are in one folder, which is
  /// made.
  /// Throws FileError if the server does not have it, does not answer or sends something else than
  /// it announced.
  void fetch(const std::string& path, const std::filesystem::path& file,
             const std::function<void(std::int64_t size_bytes, std::int64_t total_bytes)>& arrived = {});

  std::string address_of(const std::string& path) const { return home_ + "/" + path; }

 private:
  std::string home_;
  Patience patience_;
  HttpConnection connection_;
};

/// TANDEM_MIRROR, or `named` where that is not empty, without slashes at the end. Throws FileError
/// unless it is http or https.
std::string mirror_named(const std::string& named);

}  // namespace tandem
