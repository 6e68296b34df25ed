// Reads the members of a tar file one after the other without unpacking it: the position of each,
// and the bytes of those that are asked for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace tandem {

struct TarMember {
  std::string name;         ///< as in the archive: it may be anything
  std::int64_t offset = 0;  ///< of its bytes in the archive
  std::int64_t bytes = 0;
  bool is_plain_file = true;  ///< not a folder, link, device or sparse file
};

/// Reads uncompressed tar files of any dialect through libarchive. Members that are not asked for
/// are skipped, not read.
class TarMembers {
 public:
  /// Throws FileError if the file is missing or is not an uncompressed tar file.
  explicit TarMembers(std::filesystem::path file);
  ~TarMembers();
  TarMembers(const TarMembers&) = delete;
  TarMembers& operator=(const TarMembers&) = delete;

  /// The next member that lies completely in the file. Nothing at the end of the file or if it is
  /// damaged: see fault().
  std::optional<TarMember> next();

  /// The bytes of the member that next() returned last. Throws FileError if they are more than
  /// `limit_bytes` or cannot be read.
  std::string read(const TarMember& member, std::int64_t limit_bytes);

  /// After next() has returned nothing: the fault of the file ("ends inside a member"), or empty.
  const std::string& fault() const { return fault_; }

 private:
  struct Reader;

  bool has_end_mark() const;

  std::filesystem::path file_;
  std::int64_t file_bytes_ = 0;
  std::unique_ptr<Reader> reader_;
  std::string fault_;
};

}  // namespace tandem
