// MS-COCO's captions (Chen et al. 2015, arXiv:1504.00325) in its own format.
#pragma once

#include <filesystem>

#include "tandem/data/caption_set.h"

namespace tandem {

/// Reads a folder with captions_train2017.json, captions_val2017.json (or 2014, or only one of
/// them) in annotations/ or in the folder itself. The pictures are in train2017/, val2017/, ... in
/// the folder or in images/. Files are read without building their trees. Ids are
/// "val2017/000000397133.jpg".
///
/// Splits: no test split with captions was published, so val is test; of train, a tenth chosen by
/// the hash of the names is dev. With pictures of train alone, or of val alone, all three splits
/// are made by that hash (80 / 10 / 10). If dataset_coco.json is there too, or is the path, its
/// splits and captions are used instead (karpathy.h). A remark tells which.
///
/// An annotation file whose picture folder is missing or empty is ignored, with a remark. If a
/// picture of 2014 is there in 2017 too (the same id, and names that end in the same number), only
/// that of 2017 is taken.
///
/// With `categories`, labels are the pictures' main categories in instances_PART.json
/// (coco_categories.h).
///
/// Throws FileError if there is no annotation file, one is cut or not COCO's, an annotation belongs
/// to no picture of its file, or none of the pictures exists.
CaptionSet read_coco(const std::filesystem::path& folder, bool categories = false);

/// Whether read_coco finds an annotation file in the folder.
bool is_coco(const std::filesystem::path& folder);

}  // namespace tandem
