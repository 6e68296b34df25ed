#include "tandem/data/picture_gathering.h"

#include <algorithm>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"

namespace tandem {

std::string_view FolderListing::folder_of(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : file.substr(0, slash);
}

const FolderListing::Contents& FolderListing::contents(std::string_view folder) {
  if (const auto known = folders_.find(folder); known != folders_.end()) return known->second;
  Contents& contents = folders_[std::string(folder)];
  std::error_code error;
  for (std::filesystem::directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
    std::error_code gone;
    if (file->is_regular_file(gone)) contents.files.insert(file->path().filename().string());
  }
  contents.closed = error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory;
  return contents;
}

bool FolderListing::has(std::string_view file) {
  return contents(folder_of(file)).files.contains(file.substr(file.rfind('/') + 1));
}

void PictureGathering::leave_out(std::string_view what, std::string_view where) { count(what, false, where); }

void PictureGathering::note(std::string_view what, std::string_view where) { count(what, true, where); }

void PictureGathering::count(std::string_view what, bool is_note, std::string_view where) {
  auto entry = std::find_if(counted_.begin(), counted_.end(), [&](const Counted& one) { return one.what == what; });
  if (entry == counted_.end()) entry = counted_.insert(entry, {.what = std::string(what), .is_note = is_note});
  entry->tally.add(where);
}

void PictureGathering::add_caption(CaptionedImage& image, std::string caption, std::string_view where) {
  if (!is_utf8(caption)) return leave_out("captions that are not UTF-8", where);
  if (is_blank(caption)) return leave_out("blank captions", where);
  if (caption.size() > kLongestCaptionBytes)
    return leave_out("captions of more than " + std::to_string(kLongestCaptionBytes) + " bytes", where);
  image.captions.push_back(is_clean_caption(caption) ? std::move(caption) : clean_caption(caption));
}

void PictureGathering::add_picture(CaptionSet& set, CaptionedImage image, std::string_view where) {
  const std::string& file = image.picture.file.native();
  const auto refuse = [&](const char* what) {
    leave_out(what, where.empty() ? printable(image.id) : std::string(where) + " " + printable(image.id));
  };
  if (!is_utf8(image.id)) return refuse("pictures whose names are not UTF-8");
  if (image.picture.is_whole_file() && !listing_.has(file)) {
    return refuse(listing_.is_in_closed_folder(file) ? "pictures in folders that may not be read"
                                                     : "pictures that are not there");
  }
  if (needs_captions_ && image.captions.empty()) return refuse("pictures without a caption");
  if (!ids_.insert(image.id).second) return refuse("pictures listed a second time");
  set.images.push_back(std::move(image));
}

void PictureGathering::finish(CaptionSet& set, const std::filesystem::path& source) const {
  for (const Counted& counted : counted_) {
    counted.tally.defect(set.defects, counted.what, file_);
    set.defects.back().is_note = counted.is_note;
  }
  if (set.images.empty()) {
    std::string found = "none";
    for (const Defect& defect : set.defects) found += "; " + defect.sentence();
    throw FileError(source, needs_captions_ ? "pictures that exist and have captions" : "pictures", found);
  }
}

}  // namespace tandem
