#include "tandem/parsing/table_separator.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/csv_rows.h"

namespace tandem {
namespace {

constexpr std::array<std::pair<const char*, char>, 4> kSeparators = {
    {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"bar", '|'}}};
constexpr std::size_t kRecords = 100;

/// What the first records are with one separator.
struct SeparatorTrial {
  const char* name = "";
  char separator = ',';
  bool names_columns = false;    ///< the first record names the columns of pictures and captions
  bool names_picture = false;    ///< the first record has a picture in the picture's column
  bool is_even = false;          ///< all records have the same number of fields, at least two
  bool splits_first = false;     ///< the first record has at least two fields
  bool has_whole_quotes = true;  ///< no field holds an odd number of quotes, as a quoted field that was cut does
};

bool names_columns(const std::vector<std::string>& first, const ColumnChoice& choice) {
  if (!names_picture_column(first, choice)) return false;
  try {
    find_table_columns(first, choice, {});
    return true;
  } catch (const FileError&) {
    return false;
  }
}

bool holds_whole_quotes(const CsvRow& row) {
  return std::all_of(row.fields.begin(), row.fields.end(),
                     [](const std::string& field) { return std::count(field.begin(), field.end(), '"') % 2 == 0; });
}

SeparatorTrial tried(const char* name, char separator, std::string_view text, const ColumnChoice& choice,
                     const std::function<bool(const std::string&)>& is_picture) {
  const CsvBeginning beginning = first_csv_rows(text, separator, kRecords);
  SeparatorTrial trial{.name = name, .separator = separator};
  if (beginning.rows.empty()) return trial;
  const std::vector<std::string>& first = beginning.rows.front().fields;
  trial.splits_first = first.size() > 1;
  trial.names_columns = trial.splits_first && names_columns(first, choice);
  const auto column = numbered_picture_column(first.size(), choice);
  trial.names_picture = trial.splits_first && column && is_picture && is_picture(first[*column]);
  trial.has_whole_quotes = std::all_of(beginning.rows.begin(), beginning.rows.end(), holds_whole_quotes);
  trial.is_even =
      trial.splits_first && !beginning.is_broken &&
      std::all_of(beginning.rows.begin(), beginning.rows.end(), [](const CsvRow& row) { return row.fault.empty(); });
  return trial;
}

std::vector<SeparatorTrial> those_with(const std::vector<SeparatorTrial>& trials, bool SeparatorTrial::*property) {
  std::vector<SeparatorTrial> chosen;
  std::copy_if(trials.begin(), trials.end(), std::back_inserter(chosen),
               [&](const SeparatorTrial& trial) { return trial.*property; });
  return chosen;
}

}  // namespace

char separator_named(std::string_view word) {
  for (const auto& [name, separator] : kSeparators) {
    if (lower_case(word) == name) return separator;
  }
  const bool is_one = word.size() == 1 && static_cast<unsigned char>(word.front()) < 0x80;
  const char c = is_one ? word.front() : 'a';
  const bool is_letter_or_digit = (c >= '0' && c <= '9') || (lower_case(word) >= "a" && lower_case(word) <= "z");
  TORCH_CHECK_VALUE(is_one && !is_letter_or_digit && c != '"' && c != ' ' && c != '\n' && c != '\r' && c != '\0',
                    "--delimiter is comma, semicolon, tab, bar or one character such as ; and not \"", printable(word),
                    "\"");
  return c;
}

char table_separator(std::string_view text, const ColumnChoice& choice, const std::filesystem::path& file,
                     const std::function<bool(const std::string&)>& is_picture) {
  std::vector<SeparatorTrial> trials;
  for (const auto& [name, separator] : kSeparators) trials.push_back(tried(name, separator, text, choice, is_picture));
  std::vector<SeparatorTrial> fitting = those_with(trials, &SeparatorTrial::names_columns);
  if (fitting.empty()) fitting = those_with(trials, &SeparatorTrial::names_picture);
  if (fitting.empty()) fitting = those_with(trials, &SeparatorTrial::is_even);
  if (fitting.empty()) fitting = those_with(trials, &SeparatorTrial::splits_first);
  if (fitting.empty()) return ',';
  for (const auto property : {&SeparatorTrial::is_even, &SeparatorTrial::has_whole_quotes}) {
    if (fitting.size() == 1) break;
    if (auto better = those_with(fitting, property); !better.empty()) fitting = std::move(better);
  }
  if (fitting.size() == 1) return fitting.front().separator;
  std::string names;
  for (const SeparatorTrial& trial : fitting) names += (names.empty() ? "" : ", ") + std::string(trial.name);
  throw FileError(file, "one delimiter that fits the first records, or its name in --delimiter", "several: " + names);
}

}  // namespace tandem
