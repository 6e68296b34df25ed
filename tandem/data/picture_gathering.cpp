#include "tandem/data/picture_gathering.h"

#include <algorithm>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/data/caption_text.h"

namespace tandem {

bool FolderListing::has(const std::filesystem::path& folder, const std::string& name) {
  const auto [entry, is_new] = names_.try_emplace(folder.string());
  if (is_new) {
    std::error_code error;
    for (std::filesystem::directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
      std::error_code gone;
      if (file->is_regular_file(gone)) entry->second.insert(file->path().filename().string());
    }
  }
  return entry->second.contains(name);
}

void PictureGathering::add_caption(CaptionedImage& image, std::string caption, const std::string& where) {
  if (!is_utf8(caption)) return foreign_.add(where);
  if (is_blank(caption)) return blank_.add(where);
  if (caption.size() > kLongestCaptionBytes) return overlong_.add(where);
  image.captions.push_back(clean_caption(caption));
}

void PictureGathering::add_picture(CaptionSet& set, CaptionedImage image) {
  const std::filesystem::path& file = image.picture.file;
  if (!listing_.has(file.parent_path(), file.filename().string())) return missing_.add(image.id);
  if (image.captions.empty()) return speechless_.add(image.id);
  if (!ids_.insert(image.id).second) return repeated_.add(image.id);
  set.images.push_back(std::move(image));
}

void PictureGathering::finish(CaptionSet& set, const std::filesystem::path& source) const {
  missing_.defect(set.defects, "pictures that are not there");
  repeated_.defect(set.defects, "pictures listed a second time");
  foreign_.defect(set.defects, "captions that are not UTF-8");
  blank_.defect(set.defects, "blank captions");
  overlong_.defect(set.defects, "captions of more than " + std::to_string(kLongestCaptionBytes) + " bytes");
  speechless_.defect(set.defects, "pictures without a caption");
  if (set.images.empty()) {
    throw FileError(source, "pictures that exist and have captions",
                    set.defects.empty() ? "none" : "none; " + set.defects.front().what + ": " + std::to_string(set.defects.front().count) + " (" +
                                                       set.defects.front().names + ")");
  }
  check_caption_set(set, source);
}

bool stays_below(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(name).lexically_normal();
  return !name.empty() && !path.is_absolute() && path != "." && *path.begin() != ".." && name.find('\0') == std::string::npos;
}

}  // namespace tandem
