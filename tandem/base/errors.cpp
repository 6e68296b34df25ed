#include "tandem/base/errors.h"

#include <system_error>

#include "tandem/base/printable.h"

namespace tandem {
namespace {

constexpr std::size_t kLongestShownPath = 4096;  // PATH_MAX

/// A complaint about the same file inside `found` does not name it again: "a.jpg: expected a picture
/// that can be read: expected a whole JPEG, found 12 bytes".
std::string sentence(const std::filesystem::path& file, std::string_view expected, std::string_view found) {
  const std::string name = printable_sentence(file.string(), kLongestShownPath) + ": ";
  const std::string begin = name + "expected " + printable_sentence(expected);
  if (found.starts_with(name)) return begin + ": " + printable_sentence(found.substr(name.size()));
  return begin + ", found " + printable_sentence(found);
}

}  // namespace

FileError::FileError(const std::filesystem::path& file, std::string_view expected, std::string_view found)
    : std::runtime_error(sentence(file, expected, found)), file_(file) {}

std::string system_message(int error_number) { return std::generic_category().message(error_number); }

}  // namespace tandem
