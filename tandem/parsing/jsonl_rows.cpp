#include "tandem/parsing/jsonl_rows.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "tandem/parsing/caption_text.h"
#include "tandem/storage/json_depth.h"

namespace tandem {
namespace {

using Json = nlohmann::ordered_json;

bool is_list_of_strings(const Json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& entry) { return entry.is_string(); });
}

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() || value.is_boolean() ? value.dump() : "";
}

}  // namespace

std::vector<CsvRow> parse_jsonl(std::string_view text) {
  text = without_byte_order_mark(text);
  std::vector<CsvRow> rows(1);
  std::map<std::string, std::size_t> column_of;
  for (std::int64_t line = 1; !text.empty(); ++line) {
    const std::string_view words = trimmed(take_line(text));
    if (words.empty()) continue;
    const Json object = is_utf8(words) && !is_too_deep_json(words) ? Json::parse(words, nullptr, /*allow_exceptions=*/false) : Json();
    CsvRow row{.line = line, .fields = {}};
    if (!object.is_object()) {
      row.fault = is_utf8(words) ? "lines that are no JSON object" : "lines that are not UTF-8";
      rows.push_back(std::move(row));
      continue;
    }
    const Json* list = nullptr;
    std::size_t list_column = 0;
    for (const auto& [key, value] : object.items()) {
      const auto [column, is_new] = column_of.try_emplace(key, rows.front().fields.size());
      if (is_new) rows.front().fields.push_back(key);
      row.fields.resize(std::max(row.fields.size(), column->second + 1));
      if (is_list_of_strings(value)) {
        if (list != nullptr) row.fault = "lines with two lists of texts";
        list = &value;
        list_column = column->second;
      } else {
        row.fields[column->second] = text_of(value);
      }
    }
    if (list == nullptr || !row.fault.empty()) {
      rows.push_back(std::move(row));
      continue;
    }
    for (const Json& entry : *list) {
      row.fields[list_column] = entry.get<std::string>();
      rows.push_back(row);
    }
  }
  for (CsvRow& row : rows) row.fields.resize(rows.front().fields.size());
  return rows;
}

}  // namespace tandem
