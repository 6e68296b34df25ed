#include "tandem/data/picture_gathering.h"

#include <algorithm>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"

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

void PictureGathering::leave_out(std::string_view what, std::string_view where) {
  auto entry = std::find_if(left_out_.begin(), left_out_.end(), [&](const auto& one) { return one.first == what; });
  if (entry == left_out_.end()) entry = left_out_.insert(entry, {std::string(what), Tally()});
  entry->second.add(where);
}

void PictureGathering::add_caption(CaptionedImage& image, std::string_view caption, std::string_view where) {
  if (!is_utf8(caption)) return leave_out("captions that are not UTF-8", where);
  if (is_blank(caption)) return leave_out("blank captions", where);
  if (caption.size() > kLongestCaptionBytes) return leave_out("captions of more than " + std::to_string(kLongestCaptionBytes) + " bytes", where);
  image.captions.push_back(clean_caption(caption));
}

void PictureGathering::add_picture(CaptionSet& set, CaptionedImage image) {
  const std::filesystem::path& file = image.picture.file;
  if (!is_utf8(image.id)) return leave_out("pictures whose names are not UTF-8", printable(image.id));
  if (image.picture.is_whole_file() && !listing_.has(file.parent_path(), file.filename().string())) {
    return leave_out("pictures that are not there", image.id);
  }
  if (image.captions.empty()) return leave_out("pictures without a caption", image.id);
  if (!ids_.insert(image.id).second) return leave_out("pictures listed a second time", image.id);
  set.images.push_back(std::move(image));
}

void PictureGathering::finish(CaptionSet& set, const std::filesystem::path& source) const {
  for (const auto& [what, tally] : left_out_) tally.defect(set.defects, what);
  if (set.images.empty()) {
    std::string found = "none";
    for (const Defect& defect : set.defects) found += "; " + defect.sentence();
    throw FileError(source, "pictures that exist and have captions", found);
  }
  check_caption_set(set, source);
}

}  // namespace tandem
