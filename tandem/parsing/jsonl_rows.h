// JSON lines -> rows in the form of csv_rows.h.
#pragma once

#include <string_view>
#include <vector>

#include "tandem/parsing/csv_rows.h"

namespace tandem {

/// Every line is an object; empty lines are skipped. The first row returned holds the keys in the
/// order in which they first appear. A key that a line lacks, or that is null, gives an empty
/// field. Numbers and booleans become their text; other values are ignored. The picture column and
/// the caption column are those that table_columns.h finds. A caption that is a list gives one row
/// per text.
///
/// A row has a fault if its line is not a JSON object, is not UTF-8, or lacks one of these two
/// columns; if its caption is an empty list or an object; and for each entry of a caption list that
/// is not a text.
std::vector<CsvRow> parse_jsonl(std::string_view text);

}  // namespace tandem
