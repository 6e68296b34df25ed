// Flickr8k (Hodosh, Young and Hockenmaier 2013) and Flickr30k (Young, Lai, Hodosh and Hockenmaier
// 2014), as first published, in Kaggle's version, and with the splits of Karpathy and Fei-Fei
// (2015).
#pragma once

#include <filesystem>

#include "tandem/data/caption_set.h"

namespace tandem {

enum class FlickrKind { kEight, kThirty };

/// Reads a caption file, or a folder that holds one, in itself or in Flickr8k_text/. The first of
/// these that exists is used:
///   8k:  Flickr8k.token.txt (rows "name#k<TAB>caption"), captions.txt (Kaggle's CSV:
///        image,caption), dataset_flickr8k.json
///   30k: results_20130124.token (the same rows), results.csv (Kaggle's "name| k| caption"),
///        dataset_flickr30k.json
///
/// The pictures are in a folder with one of their usual names (Images/, Flicker8k_Dataset/,
/// flickr30k-images/, ...) or beside the captions.
///
/// The splits are those of the JSON file (karpathy.h), or of lists beside the captions:
/// Flickr_8k.trainImages.txt, .devImages.txt and .testImages.txt; for 30k train.txt, val.txt and
/// test.txt, with or without ".jpg". If there is no list at all, the pictures are split by the hash
/// of their names. Pictures in no list stay, as Split::kNone, with a remark.
///
/// Malformed rows, missing pictures, names that lead out of the folder, and captions that are blank
/// or not UTF-8 are left out and counted as defects.
///
/// Throws FileError if a file is missing, a picture is in two lists, or nothing is left.
CaptionSet read_flickr(const std::filesystem::path& path, FlickrKind kind);

/// Whether the folder holds a caption file of this kind whose name is unique to it.
bool is_flickr(const std::filesystem::path& folder, FlickrKind kind);

}  // namespace tandem
