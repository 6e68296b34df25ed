#include "tandem/parsing/tar_members.h"

#include <archive.h>
#include <archive_entry.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 14;

std::string complaint_of(archive* reader) {
  const char* text = archive_error_string(reader);
  return text == nullptr ? "damaged bytes" : text;
}

}  // namespace

struct TarMembers::Reader {
  archive* handle = archive_read_new();
  ~Reader() { archive_read_free(handle); }
};

TarMembers::TarMembers(std::filesystem::path file) : file_(std::move(file)), reader_(std::make_unique<Reader>()) {
  TORCH_CHECK(reader_->handle != nullptr, "TarMembers: libarchive does not start");
  std::error_code error;
  if (!std::filesystem::is_regular_file(file_, error)) throw FileError(file_, "a tar file", "no such file");
  file_bytes_ = static_cast<std::int64_t>(std::filesystem::file_size(file_, error));
  archive_read_support_format_tar(reader_->handle);
  if (error || archive_read_open_filename(reader_->handle, file_.c_str(), kBlockBytes) != ARCHIVE_OK) {
    throw FileError(file_, "an uncompressed tar file", error ? error.message() : complaint_of(reader_->handle));
  }
}

TarMembers::~TarMembers() = default;

std::optional<TarMember> TarMembers::next() {
  if (!fault_.empty()) return std::nullopt;
  archive_entry* entry = nullptr;
  const int state = archive_read_next_header(reader_->handle, &entry);
  if (state == ARCHIVE_EOF) {
    if (!has_end_mark()) fault_ = "has no end";
    return std::nullopt;
  }
  if (state != ARCHIVE_OK && state != ARCHIVE_WARN) {
    fault_ = "is damaged (" + complaint_of(reader_->handle) + ")";
    return std::nullopt;
  }
  const char* name = archive_entry_pathname(entry);  // as it is written, where a dialect does not say that it is UTF-8
  if (name == nullptr) name = archive_entry_pathname_utf8(entry);
  TarMember member{.name = name == nullptr ? "" : name,
                   .offset = archive_filter_bytes(reader_->handle, 0),
                   .bytes = archive_entry_size(entry),
                   .is_plain_file = archive_entry_filetype(entry) == AE_IFREG &&
                                    archive_entry_hardlink(entry) == nullptr &&
                                    archive_entry_symlink(entry) == nullptr && archive_entry_sparse_count(entry) == 0};
  if (member.bytes < 0 || member.bytes > file_bytes_ - member.offset) {
    fault_ = "ends inside a member";
    return std::nullopt;
  }
  return member;
}

std::string TarMembers::read(const TarMember& member, std::int64_t limit_bytes) {
  const std::string name = file_.string() + ": " + member.name;
  if (member.bytes > limit_bytes)
    throw FileError(name, "at most " + std::to_string(limit_bytes) + " bytes", std::to_string(member.bytes));
  std::string bytes(static_cast<std::size_t>(member.bytes), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const la_ssize_t n = archive_read_data(reader_->handle, bytes.data() + filled, bytes.size() - filled);
    if (n <= 0)
      throw FileError(name, std::to_string(member.bytes) + " bytes", n < 0 ? complaint_of(reader_->handle) : "fewer");
    filled += static_cast<std::size_t>(n);
  }
  return bytes;
}

bool TarMembers::has_end_mark() const {
  constexpr std::int64_t kMark = 1024;  // two blocks of zeros
  if (file_bytes_ < kMark) return false;
  std::ifstream stream(file_, std::ios::binary);
  stream.seekg(file_bytes_ - kMark);
  std::string mark(kMark, '\1');
  stream.read(mark.data(), kMark);
  return std::all_of(mark.begin(), mark.end(), [](char c) { return c == '\0'; });
}

}  // namespace tandem
