#include "tandem/storage/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <string>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/storage/durable_folder.h"

namespace tandem {
namespace {

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

std::filesystem::path temporary_name(const std::filesystem::path& path) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  constexpr std::size_t kCount = 6;
  std::random_device chance;
  std::string ending;
  for (std::size_t i = 0; i < kCount; ++i) ending += kLetters[chance() % kLetters.size()];
  return folder_of(path) / ("." + path.filename().string() + "." + ending);
}

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
  // mkostemp makes private files, but ours must have the permissions of the user's other files. The
  // system applies the umask itself. A program cannot read the umask without changing it for a
  // moment, in which other threads would make files that everyone may write.
  do {
    temporary_ = temporary_name(path_);
    descriptor_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  } while (descriptor_ < 0 && errno == EEXIST);
  if (descriptor_ >= 0) return;
  temporary_.clear();
  throw FileError(path_, "a folder that can be written to", system_message(errno));
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(const void* bytes, std::size_t size_bytes) {
  const char* next = static_cast<const char*>(bytes);
  while (size_bytes > 0) {
    const ssize_t written = ::write(descriptor_, next, size_bytes);
    if (written < 0) {
      if (errno == EINTR) continue;
      throw FileError(path_, "room for the whole file", system_message(errno));
    }
    next += written;
    size_bytes -= static_cast<std::size_t>(written);
  }
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) throw FileError(path_, "room for the whole file", system_message(errno));
  const int closed = ::close(std::exchange(descriptor_, -1));
  if (closed != 0) throw FileError(path_, "room for the whole file", system_message(errno));
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    throw FileError(path_, "a file that can be replaced", system_message(errno));
  }
  temporary_.clear();
  make_names_durable(folder_of(path_));
}

std::string target_of_temporary(std::string_view file_name) {
  constexpr std::size_t kRandomLetters = 6;
  if (file_name.size() < kRandomLetters + 3 || file_name.front() != '.') return "";
  if (file_name[file_name.size() - kRandomLetters - 1] != '.') return "";
  const std::string_view random = file_name.substr(file_name.size() - kRandomLetters);
  const auto is_drawn = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  if (!std::all_of(random.begin(), random.end(), is_drawn)) return "";
  return std::string(file_name.substr(1, file_name.size() - kRandomLetters - 2));
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error || !std::filesystem::is_directory(folder)) {
    throw FileError(folder, "a folder, or a place to make one", error ? error.message() : "a file of that name");
  }
}

}  // namespace tandem
