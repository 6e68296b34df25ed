// A file that bytes are appended to over several runs, as they come.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace tandem {

/// What was appended stays when the process dies. Only one may write to a file at a time.
class GrowingFile {
 public:
  /// Opens the file, or makes an empty one. Throws FileError if that fails.
  explicit GrowingFile(std::filesystem::path path);
  ~GrowingFile();
  GrowingFile(const GrowingFile&) = delete;
  GrowingFile& operator=(const GrowingFile&) = delete;

  std::int64_t size_bytes() const { return size_bytes_; }

  /// Throws FileError if the bytes do not all reach the file, as on a full disk.
  void append(std::string_view bytes);

  /// Drops all it holds.
  void begin_anew();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::int64_t size_bytes_ = 0;
};

}  // namespace tandem
