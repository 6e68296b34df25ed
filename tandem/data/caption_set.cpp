#include "tandem/data/caption_set.h"

#include <unordered_set>

#include "tandem/base/errors.h"
#include "tandem/data/tally.h"
#include "tandem/parsing/caption_text.h"

namespace tandem {

std::string_view split_name(Split split) {
  switch (split) {
    case Split::kTrain:
      return "train";
    case Split::kDev:
      return "dev";
    case Split::kTest:
      return "test";
    default:
      return "none";
  }
}

std::optional<Split> split_named(std::string_view name) {
  if (name == "train") return Split::kTrain;
  if (name == "dev" || name == "val" || name == "valid" || name == "validation") return Split::kDev;
  if (name == "test") return Split::kTest;
  if (name == "none") return Split::kNone;
  return std::nullopt;
}

std::string Defect::names() const { return (file.empty() ? "" : file + ": ") + first_names(places); }

std::string Defect::sentence() const {
  return what + " were left out: " + std::to_string(count()) + " (" + names() + ")";
}

std::int64_t CaptionSet::caption_count() const {
  std::int64_t count = 0;
  for (const CaptionedImage& image : images) count += static_cast<std::int64_t>(image.captions.size());
  return count;
}

void refuse_gallery(const CaptionSet& set, const std::filesystem::path& source, std::string_view purpose) {
  if (set.is_gallery()) throw FileError(source, "pictures with captions, " + std::string(purpose), "pictures alone");
}

void check_caption_set(const CaptionSet& set, const std::filesystem::path& source) {
  if (set.images.empty()) throw FileError(source, "pictures with captions", "none");
  std::unordered_set<std::string_view> ids;
  for (const CaptionedImage& image : set.images) {
    if (!ids.insert(image.id).second) throw FileError(source, "every picture once", "\"" + image.id + "\" twice");
    if (image.captions.empty()) throw FileError(source, "a caption for \"" + image.id + "\"", "none");
    for (const std::string& caption : image.captions) {
      if (!is_utf8(caption)) throw FileError(source, "captions in UTF-8", "other bytes in one of \"" + image.id + "\"");
      if (is_blank(caption))
        throw FileError(source, "captions that say something", "a blank one of \"" + image.id + "\"");
    }
  }
}

}  // namespace tandem
