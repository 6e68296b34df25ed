// Files that appear complete or do not appear: write to a temporary file beside the target, fsync,
// rename, fsync the folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace tandem {

/// A name beside `path`, ".NAME.XXXXXX" with six random letters, for content that gets the name
/// `path` when it is complete.
std::filesystem::path temporary_name(const std::filesystem::path& path);

/// A file under construction. Without commit(), nothing remains of it, and an older file of that
/// name stays as it was.
class AtomicFile {
 public:
  /// Throws FileError if the folder is missing or not writable.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Throws FileError if not all bytes reach the file, for example on a full disk.
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

/// "NAME" of the ".NAME.XXXXXX" that AtomicFile writes to until commit(); empty if `file_name` does
/// not have that form.
std::string target_of_temporary(std::string_view file_name);

/// Writes a whole AtomicFile and commits it. Throws FileError as AtomicFile does.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// Makes `folder` and its parents if they do not exist. Throws FileError if that fails or a file
/// has one of the names.
void make_folder(const std::filesystem::path& folder);

}  // namespace tandem
