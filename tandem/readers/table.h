// A table of captioned pictures: one caption per row, any number of rows per picture.
#pragma once

#include <filesystem>
#include <optional>

#include "tandem/data/caption_set.h"

namespace tandem {

enum class TableFormat {
  kCsv,    ///< csv_rows.h; the first row names the columns
  kTsv,    ///< the same with tabs, with other rules for quotes (csv_rows.h)
  kJsonl,  ///< one object per line; a list of captions gives one row per caption (jsonl_rows.h)
};

/// Reads a table with these columns, in any order and in upper or lower case: `image` (or filename,
/// file_name, file, path, filepath), `caption` (or captions, text, title), and optionally `split`
/// (train, dev, val, test, none), `image_id` (the id, if it is not the path; the first row of a
/// picture counts) and `label` (or class). Other columns are ignored. Paths are relative to the
/// file's folder; absolute paths are used as they are.
///
/// Without a split column, all pictures are in `split` or, if that is nothing, split by the hash of
/// their ids.
///
/// Left out and counted as defects: rows whose number of fields differs from the first row's, rows
/// with a caption that is blank, too long or not UTF-8, rows with a path that leads out of the
/// folder, lines that are not JSON, and missing pictures.
///
/// Throws FileError naming the line if the table is cut or lacks these columns, a split is unknown
/// or a picture has two splits; and if nothing is left.
CaptionSet read_table(const std::filesystem::path& file, TableFormat format, std::optional<Split> split = std::nullopt);

/// The format for the ending of the file's name: .csv, .tsv, .jsonl or .ndjson; nothing for any
/// other.
std::optional<TableFormat> table_format(const std::filesystem::path& file);

}  // namespace tandem
