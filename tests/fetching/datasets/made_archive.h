// Archives made in the test, honest and otherwise.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/storage/mapped_file.h"
#include "test_data.h"

namespace tandem::tests {

struct Member {
  std::string name;
  std::string content = {};
  unsigned kind = AE_IFREG;
  std::string target = {};  ///< of a symbolic link
  bool hard = false;        ///< the target is that of a hard link
};

enum class ArchiveKind { kZip, kTarGz };

inline std::string archive_bytes(ArchiveKind kind, const std::vector<Member>& members) {
  const ScratchFolder folder;
  archive* writer = archive_write_new();
  if (kind == ArchiveKind::kZip) {
    archive_write_set_format_zip(writer);
  } else {
    archive_write_set_format_pax_restricted(writer);
    archive_write_add_filter_gzip(writer);
  }
  const std::filesystem::path file = folder / "archive";
  REQUIRE(archive_write_open_filename(writer, file.c_str()) == ARCHIVE_OK);
  for (const Member& member : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.name.c_str());
    archive_entry_set_filetype(entry, member.kind);
    archive_entry_set_perm(entry, 0755);
    archive_entry_set_size(entry, static_cast<la_int64_t>(member.content.size()));
    if (!member.target.empty())
      member.hard ? archive_entry_set_hardlink(entry, member.target.c_str())
                  : archive_entry_set_symlink(entry, member.target.c_str());
    REQUIRE(archive_write_header(writer, entry) >= ARCHIVE_WARN);
    if (!member.content.empty()) archive_write_data(writer, member.content.data(), member.content.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  return read_file(file);
}

}  // namespace tandem::tests
