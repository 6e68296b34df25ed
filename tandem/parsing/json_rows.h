// JSON objects -> rows in the form of csv_rows.h: what JSON lines and JSON lists have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tandem/parsing/csv_rows.h"
#include "tandem/parsing/table_columns.h"

namespace tandem {

/// Gathers objects, each given as its text. An object's keys are its columns. A key that an object
/// lacks, or that is null, gives an empty field. Numbers and booleans become their text; lists and
/// objects are ignored, except in the columns of captions: there a list gives one row per text.
///
/// A row has a fault if its text is not a JSON object, is not UTF-8 or nests too deeply, or lacks
/// the picture's column or every caption column; if its caption is an empty list or an object; and
/// for each entry of a caption list that is not a text.
class JsonRows {
 public:
  /// `noun` is what an object is, in the plural, for faults: "lines".
  JsonRows(const ColumnChoice& choice, std::string noun) : choice_(choice), noun_(std::move(noun)) {}

  void add(std::int64_t number, std::string_view words);

  /// All rows. The first holds the keys in the order in which they first appeared.
  std::vector<CsvRow> finish();

 private:
  using Json = nlohmann::ordered_json;

  /// One object, before it is known which columns hold the captions.
  struct Object {
    CsvRow row;
    std::vector<bool> has;                                ///< by column
    std::vector<std::pair<std::size_t, Json>> compounds;  ///< lists and objects in columns that may hold captions

    bool has_column(std::size_t column) const { return column < has.size() && has[column]; }
  };

  void take(Object& object, const std::string& key, Json& value);
  std::string missing_column(const Object& object, const TableColumns& columns) const;
  void expand(Object& object, const TableColumns& columns, std::vector<CsvRow>& rows) const;

  ColumnChoice choice_;
  std::string noun_;
  std::vector<std::string> header_;
  std::map<std::string, std::size_t> column_of_;
  std::vector<Object> objects_;
};

}  // namespace tandem
