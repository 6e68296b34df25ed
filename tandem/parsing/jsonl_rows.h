// JSON lines -> rows as csv_rows.h has them.
#pragma once

#include <string_view>
#include <vector>

#include "tandem/parsing/csv_rows.h"

namespace tandem {

/// Every line is an object; empty lines are passed over. The first row that comes back holds the
/// keys in the order in which they first appear. A key that a line does not have is an empty field,
/// as is null; numbers and booleans become their text; other values are passed over. The columns of
/// pictures and of captions are those that table_columns.h finds. A caption that is a list is as
/// many rows, one a text. A row with a fault is: a line that is no JSON object, is not UTF-8, or
/// lacks a key that is one of those two columns; one whose caption is an empty list or an object;
/// and every entry of a list of captions that is no text.
std::vector<CsvRow> parse_jsonl(std::string_view text);

}  // namespace tandem
