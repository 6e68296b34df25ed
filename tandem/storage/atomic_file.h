// Files that appear whole or not at all: write to a temporary beside the target, fsync, rename,
// fsync the folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace tandem {

/// A name beside `path`, ".NAME.XXXXXX" with six letters by chance, for what shall get that name
/// when it is whole.
std::filesystem::path temporary_name(const std::filesystem::path& path);

/// A file under construction. Without commit() nothing is left behind and an older file of that
/// name stays as it was.
class AtomicFile {
 public:
  /// Throws FileError if the folder is missing or not writable.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Throws FileError if the bytes do not all reach the file, as on a full disk.
  void write(const void* bytes, std::size_t size_bytes);
  void write(std::string_view bytes) { write(bytes.data(), bytes.size()); }

  /// Makes the file durable and gives it its name. Throws FileError if that fails; the older file
  /// then stays.
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int descriptor_ = -1;
};

/// "NAME" of the ".NAME.XXXXXX" that AtomicFile writes to until commit(); empty if the name is not
/// of that form.
std::string target_of_temporary(std::string_view file_name);

/// The whole of it in one call.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// Makes `folder` and its parents if they are not there. Throws FileError if that fails or a file
/// is in the way.
void make_folder(const std::filesystem::path& folder);

}  // namespace tandem
