#include "tandem/parsing/jsonl_rows.h"

#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/json_rows.h"

namespace tandem {

std::vector<CsvRow> parse_jsonl(std::string_view text, const ColumnChoice& choice) {
  text = without_byte_order_mark(text);
  JsonRows rows(choice, "lines");
  for (std::int64_t line = 1; !text.empty(); ++line) {
    const std::string_view words = trimmed(take_line(text));
    if (!words.empty()) rows.add(line, words);
  }
  return rows.finish();
}

}  // namespace tandem
