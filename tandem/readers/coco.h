// MS-COCO's captions (Chen et al. 2015, arXiv:1504.00325) in its own format.
#pragma once

#include <filesystem>

#include "tandem/data/caption_set.h"

namespace tandem {

/// Reads a folder with captions_train2017.json, captions_val2017.json (or 2014, or only one of
/// them) in annotations/ or in itself, and the pictures in train2017/, val2017/, ... in itself or
/// in images/. The files know no test split with captions, so: val is test, and of train the tenth
/// whose names' hash says so is dev. With pictures of train alone, or of val alone, all three
/// splits are made by that hash (80 / 10 / 10). The remarks say which. An annotation file whose
/// pictures' folder is missing or empty is left aside, with a remark. A picture that is there of
/// 2014 and of 2017 (the same id, and names that end in the same number) is taken once, as the one
/// of 2017. If dataset_coco.json is there too, or is the path, its splits and captions are taken
/// instead (karpathy.h). Ids are "val2017/000000397133.jpg". Files are read without building their
/// trees. With `categories`, labels are the pictures' main categories by instances_PART.json
/// (coco_categories.h).
/// Throws FileError if there is no annotation file, one is cut or not COCO's, an annotation belongs
/// to no picture of its file, or none of the pictures is there.
CaptionSet read_coco(const std::filesystem::path& folder, bool categories = false);

/// Whether read_coco finds an annotation file there.
bool is_coco(const std::filesystem::path& folder);

}  // namespace tandem
