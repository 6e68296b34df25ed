#include "tandem/parsing/text_lines.h"

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"

namespace tandem {

TextLines text_lines(std::string_view text, const std::string& name) {
  TextLines lines;
  text = without_byte_order_mark(text);
  for (std::int64_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_line(text);
    if (!is_utf8(line)) throw FileError(name, "text in UTF-8", "other bytes in line " + std::to_string(number));
    if (is_blank(line)) {
      ++lines.blank;
      continue;
    }
    lines.texts.emplace_back(line);
    lines.numbers.push_back(number);
  }
  return lines;
}

}  // namespace tandem
