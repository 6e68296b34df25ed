#include "tandem/storage/path_text.h"

#include "tandem/storage/json_file.h"

namespace tandem {

std::string path_text(const std::filesystem::path& path) {
  std::string text = path.string();
  try {
    static_cast<void>(Json(text).dump());
  } catch (const Json::type_error&) {
    throw FileError(path, "a path in UTF-8, for it is kept in a JSON file", "other bytes");
  }
  return text;
}

}  // namespace tandem
