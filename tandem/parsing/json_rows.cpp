#include "tandem/parsing/json_rows.h"

#include <algorithm>
#include <optional>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/storage/json_depth.h"
#include "tandem/storage/quiet_sax.h"

namespace tandem {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string text_of_value(const OrderedJson& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() || value.is_boolean() ? value.dump() : "";
}

constexpr std::size_t kMostKeys =
    1000;  // of an object and of all together; the time to keep them in order is quadratic in their number

/// Stops the parser at the first key beyond the limit.
class KeyCount final : public QuietSax<OrderedJson> {
 public:
  bool is_too_many() const { return count_ > kMostKeys; }

  bool key(std::string&) override { return ++count_ <= kMostKeys; }

 private:
  std::size_t count_ = 0;
};

bool has_too_many_keys(std::string_view words) {
  KeyCount keys;
  OrderedJson::sax_parse(words, &keys);
  return keys.is_too_many();
}

/// The columns, or nothing if one is missing: then the reader refuses the table as a whole.
std::optional<TableColumns> columns_in(const std::vector<std::string>& header, const ColumnChoice& choice) {
  try {
    return find_table_columns(header, choice, {});
  } catch (const FileError&) {
    return std::nullopt;
  }
}

}  // namespace

void JsonRows::add(std::int64_t number, std::string_view words) {
  Object object{.row = {.line = number, .fields = {}}, .has = {}, .compounds = {}};
  const bool is_readable = is_utf8(words) && !is_too_deep_json(words);
  const bool is_too_wide = is_readable && has_too_many_keys(words);
  Json json = is_readable && !is_too_wide ? Json::parse(words, nullptr, /*allow_exceptions=*/false) : Json();
  if (is_too_wide) {
    object.row.fault = noun_ + " of more than 1,000 keys";
  } else if (json.is_object()) {
    for (auto& [key, value] : json.items()) take(object, key, value);
  } else {
    object.row.fault = noun_ + (is_utf8(words) ? " that are no JSON object" : " that are not UTF-8");
  }
  objects_.push_back(std::move(object));
}

void JsonRows::take(Object& object, const std::string& key, Json& value) {
  const auto [known, is_new] = column_of_.try_emplace(key, header_.size());
  if (is_new && header_.size() == kMostKeys) {
    column_of_.erase(known);
    object.row.fault = noun_ + " with keys beyond the first 1,000 of the file";
    return;
  }
  const std::size_t column = known->second;
  if (is_new) header_.push_back(key);
  object.row.fields.resize(std::max(object.row.fields.size(), column + 1));
  object.has.resize(object.row.fields.size());
  object.has[column] = true;
  if (value.is_structured() && may_hold_captions(key, column, choice_)) {
    object.compounds.emplace_back(column, std::move(value));
  } else {
    object.row.fields[column] = text_of_value(value);
  }
}

std::string JsonRows::missing_column(const Object& object, const TableColumns& columns) const {
  const auto lacks = [&](std::size_t column) {
    return noun_ + " without the key \"" + printable(header_[column]) + "\" that other " + noun_ + " have";
  };
  if (!object.has_column(columns.image)) return lacks(columns.image);
  const bool has_any = std::any_of(columns.captions.begin(), columns.captions.end(),
                                   [&](std::size_t column) { return object.has_column(column); });
  if (has_any) return "";
  return columns.captions.size() == 1 ? lacks(columns.captions.front())
                                      : noun_ + " without any of the keys of captions that other " + noun_ + " have";
}

void JsonRows::expand(Object& object, const TableColumns& columns, std::vector<CsvRow>& rows) const {
  CsvRow bare = object.row;  // without its captions
  bool has_texts = false;
  for (const std::size_t column : columns.captions) has_texts |= !std::exchange(bare.fields[column], {}).empty();
  if (has_texts) rows.push_back(std::move(object.row));
  for (const auto& [column, value] : object.compounds) {
    if (std::find(columns.captions.begin(), columns.captions.end(), column) == columns.captions.end()) continue;
    const auto add_row = [&, place = column](std::string text, std::string fault) {
      rows.push_back(bare);
      rows.back().fields[place] = std::move(text);
      rows.back().fault = std::move(fault);
    };
    if (!value.is_array()) {
      add_row("", noun_ + " whose caption is an object");
    } else if (value.empty()) {
      add_row("", noun_ + " whose list of captions is empty");
    }
    if (!value.is_array()) continue;
    for (const Json& entry : value) {
      if (entry.is_string()) {
        add_row(entry.get<std::string>(), "");
      } else {
        add_row("", "entries of lists of captions that are no text");
      }
    }
  }
}

std::vector<CsvRow> JsonRows::finish() {
  const std::optional<TableColumns> columns = columns_in(header_, choice_);
  std::vector<CsvRow> rows = {CsvRow{.line = 0, .fields = header_}};
  for (Object& object : objects_) {
    object.row.fields.resize(header_.size());
    if (columns && object.row.fault.empty()) object.row.fault = missing_column(object, *columns);
    const bool has_list =
        columns && object.row.fault.empty() &&
        std::any_of(object.compounds.begin(), object.compounds.end(), [&](const auto& one) {
          return std::find(columns->captions.begin(), columns->captions.end(), one.first) != columns->captions.end();
        });
    if (has_list) {
      expand(object, *columns, rows);
    } else {
      rows.push_back(std::move(object.row));
    }
  }
  return rows;
}

}  // namespace tandem
