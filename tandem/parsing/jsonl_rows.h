// JSON lines -> rows in the form of csv_rows.h.
#pragma once

#include <string_view>
#include <vector>

#include "tandem/parsing/csv_rows.h"
#include "tandem/parsing/table_columns.h"

namespace tandem {

/// Every line is an object; empty lines are skipped. The first row returned holds the keys in the
/// order in which they first appear. Rows and their faults are those of json_rows.h; a row's line is
/// the line of its object.
std::vector<CsvRow> parse_jsonl(std::string_view text, const ColumnChoice& choice = {});

}  // namespace tandem
