// A file to which bytes are appended over several runs, as they arrive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace tandem {

/// Appended bytes stay if the process dies. Only one process may write to a file at a time.
class GrowingFile {
 public:
  /// Opens the file, or makes an empty one. Throws FileError if that fails.
  explicit GrowingFile(std::filesystem::path path);
  ~GrowingFile();
  GrowingFile(const GrowingFile&) = delete;
  GrowingFile& operator=(const GrowingFile&) = delete;

  std::int64_t size_bytes() const { return size_bytes_; }

  /// Throws FileError if not all bytes reach the file, for example on a full disk.
  void append(std::string_view bytes);

  /// Drops all its bytes.
  void begin_anew();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::int64_t size_bytes_ = 0;
};

}  // namespace tandem
