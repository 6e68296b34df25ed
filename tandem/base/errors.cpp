#include "tandem/base/errors.h"

#include <system_error>

namespace tandem {
namespace {

std::string sentence(const std::filesystem::path& file, std::string_view expected, std::string_view found) {
  std::string text = file.string();
  text.append(": expected ").append(expected).append(", found ").append(found);
  return text;
}

}  // namespace

FileError::FileError(const std::filesystem::path& file, std::string_view expected, std::string_view found)
    : std::runtime_error(sentence(file, expected, found)), file_(file) {}

std::string system_message(int error_number) { return std::generic_category().message(error_number); }

}  // namespace tandem
