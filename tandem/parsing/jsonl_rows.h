// JSON lines -> rows as csv_rows.h has them.
#pragma once

#include <string_view>
#include <vector>

#include "tandem/parsing/csv_rows.h"

namespace tandem {

/// Every line is an object; empty lines are passed over. The first row that comes back holds the keys in the order in which
/// they first appear. A key that a line does not have is an empty field, as is null; numbers and booleans become their text;
/// of a list of strings each is a row of its own; other values are passed over. A line that is no JSON object, is not UTF-8 or
/// has two lists is a row with that fault.
std::vector<CsvRow> parse_jsonl(std::string_view text);

}  // namespace tandem
