// Flickr8k (Hodosh, Young and Hockenmaier 2013) and Flickr30k (Young, Lai, Hodosh and Hockenmaier
// 2014), as first published, as Kaggle offers them, and as Karpathy and Fei-Fei (2015) split them.
#pragma once

#include <filesystem>

#include "tandem/data/caption_set.h"

namespace tandem {

enum class FlickrKind { kEight, kThirty };

/// Reads a folder that holds one of these, itself or in Flickr8k_text/, the first there is in this
/// order; or that very file:
///   8k:  Flickr8k.token.txt (rows "name#k<TAB>caption"), captions.txt (Kaggle's CSV:
///        image,caption), dataset_flickr8k.json
///   30k: results_20130124.token (the same rows), results.csv (Kaggle's "name| k| caption"),
///   dataset_flickr30k.json
/// The pictures are in a folder of their usual names (Images/, Flicker8k_Dataset/,
/// flickr30k-images/, ...) or beside the captions. The splits are those of the JSON
/// (flickr_json.h), or of lists beside the captions: Flickr_8k.trainImages.txt, .devImages.txt and
/// .testImages.txt; train.txt, val.txt and test.txt, with or without ".jpg", for 30k. Where there
/// is no list at all the pictures are split by the hash of their names. Malformed rows, pictures
/// that are not there, names that lead out of the folder, and captions that are blank or not UTF-8
/// are left out and counted as defects; pictures in no list stay, as Split::kNone, with a remark.
/// Throws FileError if a file is missing, a picture is in two lists, or nothing is left.
CaptionSet read_flickr(const std::filesystem::path& path, FlickrKind kind);

/// Whether the folder holds the caption file of this kind that nothing else is named like.
bool is_flickr(const std::filesystem::path& folder, FlickrKind kind);

}  // namespace tandem
