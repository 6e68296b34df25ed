// Flickr8k (Hodosh, Young and Hockenmaier 2013), as first published and as Kaggle offers it.
#pragma once

#include <filesystem>

#include "tandem/data/caption_set.h"

namespace tandem {

/// Reads a folder that holds Flickr8k.token.txt (rows "name#k<TAB>caption") or Kaggle's captions.txt
/// (CSV: image,caption), itself or in Flickr8k_text/; the pictures in Images/, Flicker8k_Dataset/,
/// Flickr8k_Dataset/ or beside the captions; and beside the captions the lists Flickr_8k.trainImages.txt,
/// .devImages.txt and .testImages.txt. Where there is no list at all the pictures are split by the hash
/// of their names.
/// Rows that name a picture that is not there, blank captions and captions that are not UTF-8 are left
/// out with a remark; pictures in no list stay, as Split::kNone, with a remark.
/// Throws FileError if a file is missing, a row is malformed (naming its line), a picture is in two
/// lists, or none of the pictures is there.
CaptionSet read_flickr8k(const std::filesystem::path& folder);

}  // namespace tandem
