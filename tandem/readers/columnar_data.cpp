#include "tandem/readers/columnar_data.h"

#include <array>
#include <fstream>
#include <string>
#include <string_view>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

bool is_columnar_name(const Path& file) {
  const std::string ending = lower_case(file.extension().string());
  return ending == ".parquet" || ending == ".arrow";
}

/// By the name, or by the first bytes.
bool is_columnar_file(const Path& file) {
  if (is_columnar_name(file)) return true;
  std::array<char, 6> bytes = {};
  std::ifstream stream(file, std::ios::binary);
  stream.read(bytes.data(), bytes.size());
  const std::string_view read(bytes.data(), static_cast<std::size_t>(stream.gcount()));
  return read.starts_with("PAR1") || read == "ARROW1";
}

bool holds_columnar_files(const Path& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    const std::string name = entry->path().filename().string();
    if ((is_columnar_name(entry->path()) || name == "dataset_dict.json") && entry->is_regular_file(gone)) return true;
  }
  return false;
}

bool is_columnar_folder(const Path& folder) {
  if (holds_columnar_files(folder)) return true;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    if (entry->is_directory(gone) && holds_columnar_files(entry->path())) return true;
  }
  return false;
}

}  // namespace

bool is_columnar_data(const Path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return is_columnar_folder(path);
  return std::filesystem::is_regular_file(path, ignored) && is_columnar_file(path);
}

void refuse_columnar_data(const Path& path) {
  if (!is_columnar_data(path)) return;
  throw FileError(path, "data that this program reads itself",
                  "Parquet or Arrow files; `python3 scripts/to_webdataset.py " + path.string() +
                      " --out SHARDS` turns them into tar shards, which webdataset:SHARDS reads");
}

}  // namespace tandem
