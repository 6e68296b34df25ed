#include "tandem/fetching/datasets/unpack_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <c10/util/Exception.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>

#include "tandem/base/errors.h"
#include "tandem/base/printable.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/inner_name.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;
using Reader = std::unique_ptr<archive, decltype(&archive_read_free)>;

constexpr std::size_t kBlockBytes = std::size_t{1} << 18;

std::string why(const Reader& reader);

Reader open_archive(const Path& file) {
  Reader reader(archive_read_new(), archive_read_free);
  TORCH_CHECK(reader != nullptr, "unpack_archive: libarchive does not start");
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_zip_seekable(reader.get());  // It needs the directory at the end, which a cut zip lacks.
  if (archive_read_open_filename(reader.get(), file.c_str(), kBlockBytes) != ARCHIVE_OK) {
    throw FileError(file, "a whole zip or tar.gz archive", why(reader));
  }
  return reader;
}

std::string why(const Reader& reader) {
  const char* text = archive_error_string(reader.get());
  return text == nullptr ? "damaged bytes" : text;
}

std::string in_quotes(std::string_view name) { return "\"" + printable(name) + "\""; }

/// The member's name without "./" before and "/" after it; empty for the archive's own root.
std::string name_of(archive_entry* entry, const Path& archive_file) {
  const char* text = archive_entry_pathname_utf8(entry);
  if (text == nullptr) text = archive_entry_pathname(entry);
  std::string name = text == nullptr ? "" : text;
  const std::string whole = name;
  while (name.starts_with("./")) name.erase(0, 2);
  while (name.ends_with('/')) name.pop_back();
  if ((name.empty() || name == ".") && !whole.starts_with('/') && archive_entry_filetype(entry) == AE_IFDIR) return "";
  if (whole.starts_with('/') || !stays_in_folder(name))
    throw FileError(archive_file, "names that stay in a folder", in_quotes(whole));
  return name;
}

class NewFile {
 public:
  explicit NewFile(const Path& path)
      : path_(path), descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0) throw FileError(path_, "a file that is not there yet", system_message(errno));
  }
  ~NewFile() { ::close(descriptor_); }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(const char* bytes, std::size_t size_bytes) const {
    while (size_bytes > 0) {
      const ssize_t written = ::write(descriptor_, bytes, size_bytes);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw FileError(path_, "room for the whole file", system_message(errno));
      bytes += written;
      size_bytes -= static_cast<std::size_t>(written);
    }
  }

 private:
  const Path& path_;
  int descriptor_;
};

class Unpacking {
 public:
  Unpacking(const Path& archive_file, const Path& folder, const UnpackOptions& options)
      : archive_file_(archive_file), folder_(folder), options_(options), reader_(open_archive(archive_file)) {}

  std::int64_t run() {
    make_folder(folder_);
    archive_entry* entry = nullptr;
    int state = ARCHIVE_OK;
    while ((state = archive_read_next_header(reader_.get(), &entry)) == ARCHIVE_OK || state == ARCHIVE_WARN) {
      if (++members_ > options_.most_members)
        throw FileError(archive_file_, "at most " + std::to_string(options_.most_members) + " members", "more");
      take(entry);
    }
    if (state != ARCHIVE_EOF) throw FileError(archive_file_, "a whole archive", why(reader_));
    if (files_ == 0) throw FileError(archive_file_, "an archive with the files that are wanted", "none of them");
    return files_;
  }

 private:
  bool is_wanted(const std::string& name) const {
    if (name == "__MACOSX" || name.starts_with("__MACOSX/")) return false;
    return options_.keep.empty() || std::any_of(options_.keep.begin(), options_.keep.end(),
                                                [&](const std::string& begin) { return name.starts_with(begin); });
  }

  void take(archive_entry* entry) {
    const std::string name = name_of(entry, archive_file_);
    const auto kind = archive_entry_filetype(entry);
    const bool plain = (kind == AE_IFREG || kind == AE_IFDIR) && archive_entry_hardlink(entry) == nullptr &&
                       archive_entry_symlink(entry) == nullptr;
    if (!plain) throw FileError(archive_file_, "plain files and folders", in_quotes(name) + ", a link or a device");
    if (name.empty() || kind == AE_IFDIR || !is_wanted(name)) return;
    make_folder((folder_ / name).parent_path());
    write_member(folder_ / name);
    ++files_;
  }

  void write_member(const Path& path) {
    const NewFile file(path);
    std::string block(kBlockBytes, '\0');
    for (;;) {
      const la_ssize_t n = archive_read_data(reader_.get(), block.data(), block.size());
      if (n < 0)
        throw FileError(archive_file_, "a whole archive", why(reader_) + " in " + in_quotes(path.filename().string()));
      if (n == 0) return;
      bytes_ += n;
      if (bytes_ > options_.most_bytes)
        throw FileError(archive_file_, "at most " + std::to_string(options_.most_bytes) + " bytes in it", "more");
      file.write(block.data(), static_cast<std::size_t>(n));
      if (options_.progress)
        options_.progress(archive_filter_bytes(reader_.get(), -1) / 1000,
                          static_cast<std::int64_t>(std::filesystem::file_size(archive_file_)) / 1000);
    }
  }

  const Path& archive_file_;
  const Path& folder_;
  const UnpackOptions& options_;
  Reader reader_;
  std::int64_t members_ = 0;
  std::int64_t files_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace

std::int64_t unpack_archive(const Path& archive_file, const Path& folder, const UnpackOptions& options) {
  return Unpacking(archive_file, folder, options).run();
}

}  // namespace tandem
