#include "tandem/readers/folder_files.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "tandem/images/picture_format.h"
#include "tandem/parsing/caption_text.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

class FileListing {
 public:
  FileListing(const Path& root, PictureGathering& gathering) : root_(root), gathering_(gathering) {}

  FolderFiles run() {
    read(root_);
    while (!links_.empty()) {  // After the folders themselves, so that a picture has its name without links.
      const std::vector<Path> links = std::exchange(links_, {});
      for (const Path& link : links) read(link);
    }
    std::sort(files_.pictures.begin(), files_.pictures.end());
    std::sort(files_.others.begin(), files_.others.end());
    return std::move(files_);
  }

 private:
  void leave_out(const char* what, const Path& path) {
    gathering_.leave_out(what, printable(path.lexically_relative(root_).generic_string()));
  }

  void read(const Path& folder) {
    std::error_code error;
    const Path real = std::filesystem::canonical(folder, error);
    if (!error && !read_.insert(real.string()).second)
      return leave_out("links to folders that are read already", folder);
    std::vector<std::filesystem::directory_entry> entries;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
      entries.push_back(*entry);
    if (error) return leave_out("folders that may not be entered", folder);
    std::sort(entries.begin(), entries.end());
    for (const auto& entry : entries) add(entry);
  }

  void add(const std::filesystem::directory_entry& entry) {
    std::error_code gone;
    if (entry.is_directory(gone)) {
      if (entry.is_symlink(gone)) {
        links_.push_back(entry.path());
      } else {
        read(entry.path());
      }
    } else if (entry.is_regular_file(gone)) {
      (has_picture_ending(entry.path()) ? files_.pictures : files_.others).push_back(entry.path());
    } else if (entry.is_symlink(gone) && !entry.exists(gone)) {
      leave_out("links that lead nowhere", entry.path());
    }
  }

  const Path& root_;
  PictureGathering& gathering_;
  std::unordered_set<std::string> read_;  ///< real paths
  std::vector<Path> links_;
  FolderFiles files_;
};

}  // namespace

FolderFiles files_below(const Path& folder, PictureGathering& gathering) {
  return FileListing(folder, gathering).run();
}

}  // namespace tandem
