#include "tandem/base/errors.h"

#include <system_error>

#include "tandem/base/printable.h"

namespace tandem {
namespace {

constexpr std::size_t kLongestShownPath = 4096;  // PATH_MAX

std::string sentence(const std::filesystem::path& file, std::string_view expected, std::string_view found) {
  return printable_sentence(file.string(), kLongestShownPath) + ": expected " + printable_sentence(expected) +
         ", found " + printable_sentence(found);
}

}  // namespace

FileError::FileError(const std::filesystem::path& file, std::string_view expected, std::string_view found)
    : std::runtime_error(sentence(file, expected, found)), file_(file) {}

std::string system_message(int error_number) { return std::generic_category().message(error_number); }

}  // namespace tandem
