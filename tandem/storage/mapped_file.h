// A file's bytes without a copy.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace tandem {

/// A read-only map of a whole file. The file must not be cut short while it is mapped; tandem
/// itself only replaces files.
class MappedFile {
 public:
  /// Throws FileError if the file is missing, not a regular file, or cannot be read.
  explicit MappedFile(std::filesystem::path path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {static_cast<const char*>(address_), size_bytes_}; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  void* address_ = nullptr;
  std::size_t size_bytes_ = 0;
};

/// The bytes of a whole file. Throws FileError as MappedFile does, and if the file is larger than
/// `limit_bytes`.
std::string read_file(const std::filesystem::path& path, std::size_t limit_bytes = std::size_t{1} << 32);

}  // namespace tandem
