// A table of captioned pictures: one caption a row, any number of rows a picture.
#pragma once

#include <filesystem>

#include "tandem/data/caption_set.h"

namespace tandem {

/// Reads a CSV file (see csv_rows.h) whose first row names its columns, in any order and case: `image`
/// (or filename, file, path, filepath), `caption` (or text, title), and perhaps `split` (train, dev, val,
/// test, none). Others are passed over. Pictures are found relative to the file's folder; absolute paths
/// are taken as they are; paths that climb out of the folder are refused.
/// Without a split column the pictures are split by the hash of their ids.
/// Rows with a blank or overlong caption and pictures that are not there are left out, with a remark.
/// Throws FileError naming the line if the table is malformed, a split is unknown or a picture has two;
/// and if all pictures are missing.
CaptionSet read_csv(const std::filesystem::path& file);

}  // namespace tandem
