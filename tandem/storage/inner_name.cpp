#include "tandem/storage/inner_name.h"

#include "tandem/base/errors.h"
#include "tandem/storage/json_text.h"

namespace tandem {

bool stays_in_folder(std::string_view name) {
  if (name.empty() || name.size() > 1024) return false;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == 0x7f) return false;
  }
  for (std::size_t begin = 0;;) {
    const std::size_t slash = name.find('/', begin);
    const std::string_view part = name.substr(begin, slash == std::string_view::npos ? slash : slash - begin);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    begin = slash + 1;
  }
}

bool is_plain_name(std::string_view name) { return stays_in_folder(name) && name.find('/') == std::string_view::npos; }

const std::string& checked_inner_name(const std::string& name, std::string_view what,
                                      const std::filesystem::path& file) {
  if (!stays_in_folder(name))
    throw FileError(file, std::string(what) + " whose name stays in its folder", quoted_name(name));
  return name;
}

const std::string& checked_place(const std::string& place, std::string_view what, const std::filesystem::path& file) {
  const bool absolute = place.starts_with('/') && place.find('\0') == std::string::npos;
  if (!absolute && !stays_in_folder(place)) {
    throw FileError(file, std::string(what) + " with an absolute path, or a relative one that stays in its folder",
                    quoted_name(place));
  }
  return place;
}

}  // namespace tandem
