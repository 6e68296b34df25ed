// A table of captioned pictures: any number of rows per picture, one caption or several per row.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "tandem/data/caption_set.h"
#include "tandem/parsing/table_columns.h"

namespace tandem {

enum class TableFormat {
  kCsv,    ///< csv_rows.h; separated by commas, semicolons, tabs or bars (table_separator.h)
  kTsv,    ///< the same with tabs, with other rules for quotes (csv_rows.h)
  kJsonl,  ///< one object per line (jsonl_rows.h), or a JSON list
  kJson,   ///< a list of objects (json_list_rows.h), or JSON lines
};

struct TableOptions {
  std::optional<Split> split = std::nullopt;  ///< of all pictures if there is no split column; nullopt: by hash
  ColumnChoice columns = {};                  ///< empty: by their usual names
  std::string delimiter = {};                 ///< separator_named; empty: tabs for kTsv, else told by the first records
  std::filesystem::path pictures = {};        ///< folder that paths are relative to; empty: the table's
};

/// Reads a table with the columns that the options name or, without these, that table_columns.h
/// finds by their usual names: pictures, captions and optionally a split (train, dev, val, test,
/// none), an id, if it is not the path (the first row of a picture counts), and a class. Other
/// columns are ignored. Absolute paths are used as they are.
///
/// The first row of CSV and TSV names the columns, unless it does not name that of the pictures and
/// holds there the name of an existing picture, or a name that ends like one: then columns have
/// numbers only.
///
/// A caption field that is a JSON list of texts gives one caption per text. If a table has several
/// columns of captions, their empty fields are no defects.
///
/// Without a split column, all pictures are in options.split or, if that is nothing, split by the
/// hash of their ids.
///
/// Left out and counted as defects: rows whose number of fields differs from the first row's, rows
/// with a caption that is blank, too long or not UTF-8, rows with a path that leads out of the
/// folder, lines or items that are no JSON object, and missing pictures.
///
/// Throws FileError naming the line if the table is cut or lacks these columns, a split is unknown
/// or a picture has two splits; if several delimiters fit; and if nothing is left. c10::ValueError
/// if options.delimiter is none.
CaptionSet read_table(const std::filesystem::path& file, TableFormat format, const TableOptions& options = {});

/// Whether the text is JSON lines and not one object over many lines: its first line is an object,
/// and others follow.
bool is_json_lines(std::string_view text);

/// The format for the ending of the file's name: .csv, .tsv, .jsonl or .ndjson; nothing for any
/// other.
std::optional<TableFormat> table_format(const std::filesystem::path& file);

}  // namespace tandem
