// Reads TOML (https://toml.io) as JSON, with the line of every key for messages.
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
  std::map<std::string, int> lines;  ///< by key: "grid", "grid.loss.kind", "cases.0.loss" (entries count from 0)

  /// An error about the key, to be thrown: "sweep.toml:12: expected ..., found ...".
  FileError wrong(const std::string& key, std::string_view expected, std::string_view found) const;
};

/// Throws FileError if the file is missing, not UTF-8, not TOML, or holds a date or a time; it
/// names the line if there is one.
TomlFile read_toml(const std::filesystem::path& path);

}  // namespace tandem
