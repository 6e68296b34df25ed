// TOML (https://toml.io) read as JSON, with the line of every key for complaints.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "tandem/storage/json_file.h"

namespace tandem {

struct TomlFile {
  std::filesystem::path path;
  Json values;                       ///< tables are objects
  std::map<std::string, int> lines;  ///< of "grid", "grid.loss.kind", "cases.0.loss" ...: entries of lists count from 0

  /// A complaint about the key: "sweep.toml:12: expected ..., found ...".
  FileError wrong(const std::string& key, std::string_view expected, std::string_view found) const;
};

/// Throws FileError with the line where the file is missing, not UTF-8, not TOML, or holds a date
/// or a time.
TomlFile read_toml(const std::filesystem::path& path);

}  // namespace tandem
