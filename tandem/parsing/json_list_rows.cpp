#include "tandem/parsing/json_list_rows.h"

#include <algorithm>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/json_rows.h"

namespace tandem {
namespace {

constexpr const char* kBlanks = " \t\r\n";

/// Splits a list at the commas between its items.
class JsonListScan {
 public:
  /// `open` is the place of the list's "[".
  JsonListScan(std::string_view text, std::size_t open, const std::filesystem::path& file)
      : text_(text), file_(file), at_(open) {}

  void run(JsonRows& rows) {
    std::int64_t item = 0;
    std::size_t begin = at_ + 1;
    const auto add = [&](std::size_t end) { rows.add(++item, trimmed(text_.substr(begin, end - begin))); };
    while (++at_ < text_.size()) {
      switch (text_[at_]) {
        case '"':
          pass_string();
          break;
        case '[':
        case '{':
          ++depth_;
          break;
        case ',':
          if (depth_ > 1) break;
          add(at_);
          begin = at_ + 1;
          break;
        case ']':
        case '}':
          if (--depth_ > 0) break;
          if (item > 0 || !trimmed(text_.substr(begin, at_ - begin)).empty()) add(at_);
          return check_end();
        default:
          break;
      }
    }
    refuse("the end of the file");
  }

 private:
  /// Leaves `at_` on the closing quote.
  void pass_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
  }

  void check_end() {
    if (text_[at_] != ']') refuse("a closing brace");
    ++at_;
    const std::size_t more = text_.find_first_not_of(kBlanks, at_);
    if (more == std::string_view::npos) return;
    at_ = more;
    refuse("more behind it");
  }

  [[noreturn]] void refuse(const std::string& found) const {
    const std::size_t place = std::min(at_, text_.size());
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(place), '\n');
    throw FileError(file_, "one JSON list from beginning to end", found + " on " + line_name(line));
  }

  std::string_view text_;
  const std::filesystem::path& file_;
  std::size_t at_;
  std::size_t depth_ = 1;
};

}  // namespace

bool begins_json_list(std::string_view text) {
  text = without_byte_order_mark(text);
  const std::size_t first = text.find_first_not_of(kBlanks);
  return first != std::string_view::npos && text[first] == '[';
}

std::vector<CsvRow> parse_json_list(std::string_view text, const std::filesystem::path& file,
                                    const ColumnChoice& choice) {
  text = without_byte_order_mark(text);
  const std::size_t open = text.find_first_not_of(kBlanks);
  if (open == std::string_view::npos || text[open] != '[')
    throw FileError(file, "a JSON list of objects",
                    open == std::string_view::npos ? "an empty file" : "something else");
  JsonRows rows(choice, "items");
  JsonListScan(text, open, file).run(rows);
  return rows.finish();
}

}  // namespace tandem
