#include "tandem/features/picture_places.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/data/picture_gathering.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

/// The part that both paths begin with.
Path common_beginning(const Path& a, const Path& b) {
  Path common;
  for (auto [i, j] = std::pair(a.begin(), b.begin()); i != a.end() && j != b.end() && *i == *j; ++i, ++j) common /= *i;
  return common;
}

/// Each file once: an archive holds many pictures.
std::vector<Path> distinct_files(const std::vector<PictureSource>& pictures) {
  std::unordered_set<std::string> met;
  std::vector<Path> files;
  for (const PictureSource& picture : pictures) {
    if (!picture.file.empty() && met.insert(picture.file.native()).second) files.push_back(picture.file);
  }
  return files;
}

/// How many of the files, whose names are relative, are below the folder.
std::int64_t files_below(const Path& folder, const std::vector<Path>& names) {
  FolderListing listing;
  return std::count_if(names.begin(), names.end(),
                       [&](const Path& name) { return listing.has((folder / name).lexically_normal().native()); });
}

/// The folder itself, and the old root's own name below it, and that of the root's parent, ...:
/// "new", "new/Images", "new/flickr8k/Images" for the old root "/data/flickr8k/Images".
std::vector<Path> possible_roots(const Path& folder, const Path& old_root) {
  std::vector<Path> roots = {folder};
  Path tail;
  for (Path above = old_root; above.has_relative_path(); above = above.parent_path()) {
    tail = tail.empty() ? above.filename() : above.filename() / tail;
    roots.push_back(folder / tail);
  }
  return roots;
}

}  // namespace

std::filesystem::path picture_root(const std::vector<PictureSource>& pictures) {
  Path root;
  for (const PictureSource& picture : pictures) {
    if (picture.file.empty()) continue;
    if (picture.file.is_relative()) return {};
    const Path folder = picture.file.parent_path();
    if (root.empty()) root = folder;
    if (folder != root) root = common_beginning(root, folder);
  }
  return root;
}

MissingPictures missing_pictures(const std::vector<PictureSource>& pictures, const std::vector<std::int64_t>& rows) {
  MissingPictures found;
  FolderListing listing;
  for (const std::int64_t row : rows) {
    const Path& file = pictures[row].file;
    if (file.empty()) continue;
    ++found.total;
    if (listing.has(file.native())) continue;
    if (found.missing++ == 0) found.first = file;
  }
  return found;
}

std::string missing_pictures_notice(const MissingPictures& found) {
  if (found.missing == 0) return "";
  return with_thousands(found.missing) + " of " + with_thousands(found.total) +
         (found.total == 1 ? " picture is" : " pictures are") +
         " not where they were (first: " + printable(found.first.string()) + "); --pictures DIR names their new root";
}

void move_pictures(std::vector<PictureSource>& pictures, const std::filesystem::path& folder) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored))
    throw FileError(folder, "the new root of the pictures, a folder (--pictures)", "no such folder");
  const Path old_root = picture_root(pictures);
  if (old_root.empty())
    throw FileError(folder, "features whose pictures are known, for --pictures", "pictures without a place");
  std::vector<Path> names;
  for (const Path& file : distinct_files(pictures)) names.push_back(file.lexically_relative(old_root));
  Path best;
  std::int64_t most = 0;
  for (const Path& root : possible_roots(std::filesystem::absolute(folder).lexically_normal(), old_root)) {
    const std::int64_t there = files_below(root, names);
    if (there > most) best = root;
    most = std::max(most, there);
  }
  if (most == 0)
    throw FileError(folder, "the pictures' new root, with files such as " + printable(names.front().string()),
                    "none of " + with_thousands(static_cast<std::int64_t>(names.size())));
  for (PictureSource& picture : pictures) {
    if (!picture.file.empty()) picture.file = (best / picture.file.lexically_relative(old_root)).lexically_normal();
  }
}

}  // namespace tandem
