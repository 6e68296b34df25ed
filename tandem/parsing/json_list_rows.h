// A JSON list of objects -> rows in the form of csv_rows.h.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "tandem/parsing/csv_rows.h"
#include "tandem/parsing/table_columns.h"

namespace tandem {

/// Whether the text begins with "[", so that it can only be a list.
bool begins_json_list(std::string_view text);

/// Every item is an object. The list is split into the texts of its items without building its
/// tree, so an item that is damaged inside costs no other. Rows and their faults are those of
/// json_rows.h; a row's line is the number of its item, counted from 1.
/// Throws FileError naming `file` and the line if the text is no list, ends inside it, or goes on
/// behind it.
std::vector<CsvRow> parse_json_list(std::string_view text, const std::filesystem::path& file,
                                    const ColumnChoice& choice = {});

}  // namespace tandem
