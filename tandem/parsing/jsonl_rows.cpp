#include "tandem/parsing/jsonl_rows.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/table_columns.h"
#include "tandem/storage/json_depth.h"
#include "tandem/storage/quiet_sax.h"

namespace tandem {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() || value.is_boolean() ? value.dump() : "";
}

constexpr std::size_t kMostKeys =
    1000;  // of a line and of all lines together; the time to keep them in order is quadratic in their number

/// Stops the parser at the first key beyond the limit.
class KeyCount final : public QuietSax<Json> {
 public:
  bool is_too_many() const { return count_ > kMostKeys; }

  bool key(std::string&) override { return ++count_ <= kMostKeys; }

 private:
  std::size_t count_ = 0;
};

bool has_too_many_keys(std::string_view words) {
  KeyCount keys;
  Json::sax_parse(words, &keys);
  return keys.is_too_many();
}

bool may_hold_captions(const std::string& key) { return find_column({key}, kCaptionColumns).has_value(); }

/// One line, before it is known which column holds the captions.
struct Line {
  CsvRow row;
  std::vector<bool> has;                                ///< by column
  std::vector<std::pair<std::size_t, Json>> compounds;  ///< lists and objects in columns that may hold captions
};

class Rows {
 public:
  void add(std::int64_t number, std::string_view words) {
    Line line{.row = {.line = number, .fields = {}}, .has = {}, .compounds = {}};
    const bool is_readable = is_utf8(words) && !is_too_deep_json(words);
    const bool is_too_wide = is_readable && has_too_many_keys(words);
    Json object = is_readable && !is_too_wide ? Json::parse(words, nullptr, /*allow_exceptions=*/false) : Json();
    if (is_too_wide) {
      line.row.fault = "lines of more than 1,000 keys";
    } else if (object.is_object()) {
      for (auto& [key, value] : object.items()) take(line, key, value);
    } else {
      line.row.fault = is_utf8(words) ? "lines that are no JSON object" : "lines that are not UTF-8";
    }
    lines_.push_back(std::move(line));
  }

  std::vector<CsvRow> finish() {
    const auto picture = find_column(header_, kPictureColumns);
    const auto caption = find_column(header_, kCaptionColumns);
    std::vector<CsvRow> rows = {CsvRow{.line = 0, .fields = header_}};
    for (Line& line : lines_) {
      line.row.fields.resize(header_.size());
      for (const auto& column : {picture, caption}) {
        if (column && line.row.fault.empty() && !has(line, *column))
          line.row.fault = "lines without the key \"" + printable(header_[*column]) + "\" that other lines have";
      }
      const Json* compound = caption && line.row.fault.empty() ? compound_of(line, *caption) : nullptr;
      if (compound == nullptr) {
        rows.push_back(std::move(line.row));
      } else {
        expand(line, *caption, *compound, rows);
      }
    }
    return rows;
  }

 private:
  void take(Line& line, const std::string& key, Json& value) {
    const auto [known, is_new] = column_of_.try_emplace(key, header_.size());
    if (is_new && header_.size() == kMostKeys) {
      column_of_.erase(known);
      line.row.fault = "lines with keys beyond the first 1,000 of the file";
      return;
    }
    const std::size_t column = known->second;
    if (is_new) header_.push_back(key);
    line.row.fields.resize(std::max(line.row.fields.size(), column + 1));
    line.has.resize(line.row.fields.size());
    line.has[column] = true;
    if (value.is_structured() && may_hold_captions(key)) {
      line.compounds.emplace_back(column, std::move(value));
    } else {
      line.row.fields[column] = text_of(value);
    }
  }

  static bool has(const Line& line, std::size_t column) { return column < line.has.size() && line.has[column]; }

  static const Json* compound_of(const Line& line, std::size_t column) {
    const auto found = std::find_if(line.compounds.begin(), line.compounds.end(),
                                    [&](const auto& one) { return one.first == column; });
    return found == line.compounds.end() ? nullptr : &found->second;
  }

  static void expand(const Line& line, std::size_t caption, const Json& value, std::vector<CsvRow>& rows) {
    const auto add = [&](std::string text, std::string fault) {
      rows.push_back(line.row);
      rows.back().fields[caption] = std::move(text);
      rows.back().fault = std::move(fault);
    };
    if (!value.is_array()) return add("", "lines whose caption is an object");
    if (value.empty()) return add("", "lines whose list of captions is empty");
    for (const Json& entry : value) {
      if (entry.is_string()) {
        add(entry.get<std::string>(), "");
      } else {
        add("", "entries of lists of captions that are no text");
      }
    }
  }

  std::vector<std::string> header_;
  std::map<std::string, std::size_t> column_of_;
  std::vector<Line> lines_;
};

}  // namespace

std::vector<CsvRow> parse_jsonl(std::string_view text) {
  text = without_byte_order_mark(text);
  Rows rows;
  for (std::int64_t line = 1; !text.empty(); ++line) {
    const std::string_view words = trimmed(take_line(text));
    if (!words.empty()) rows.add(line, words);
  }
  return rows.finish();
}

}  // namespace tandem
