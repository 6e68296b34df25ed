// A table of captioned pictures: one caption a row, any number of rows a picture.
#pragma once

#include <filesystem>
#include <optional>

#include "tandem/data/caption_set.h"

namespace tandem {

enum class TableFormat {
  kCsv,    ///< csv_rows.h; the first row names the columns
  kTsv,    ///< the same with tabs, quotes being rarer there (csv_rows.h)
  kJsonl,  ///< an object a line; a list of captions is as many rows (jsonl_rows.h)
};

/// Reads a table with the columns, in any order and case: `image` (or filename, file_name, file,
/// path, filepath), `caption` (or captions, text, title), and perhaps `split` (train, dev, val,
/// test, none), `image_id` (the id, if not the path; of a picture's rows the first counts) and
/// `label` (or class). Others are passed over. Pictures are found relative to the file's folder;
/// absolute paths are taken as they are. Without a split column all pictures are on side `split`,
/// or, if that is nothing, split by the hash of their ids. Rows of another length than the first,
/// with a blank, overlong or foreign caption or with a path that climbs out of the folder, lines
/// that are no JSON, and pictures that are not there are left out and counted as defects.
/// Throws FileError naming the line if the table is cut or has not these columns, a split is
/// unknown or a picture has two; and if nothing is left.
CaptionSet read_table(const std::filesystem::path& file, TableFormat format, std::optional<Split> split = std::nullopt);

/// The format that the file's name ends in: .csv, .tsv, .jsonl or .ndjson; nothing for any other.
std::optional<TableFormat> table_format(const std::filesystem::path& file);

}  // namespace tandem
