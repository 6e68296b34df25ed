// The error for something outside the program: a file, a folder, or a record in a file is not as it
// must be.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tandem {

/// The world is wrong: a missing file, bad bytes, a field of another type, a full disk. what() is
/// "PATH: expected EXPECTED, found FOUND". `main` prints it and exits with code 2. A caller's
/// mistake (shape, range) is a c10::ValueError instead, thrown by TORCH_CHECK_VALUE.
class FileError : public std::runtime_error {
 public:
  FileError(const std::filesystem::path& file, std::string_view expected, std::string_view found);

  const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
};

/// The operating system's text for `error_number`, for the "found" half of a FileError.
std::string system_message(int error_number);

}  // namespace tandem
