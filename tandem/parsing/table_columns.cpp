#include "tandem/parsing/table_columns.h"

#include <algorithm>
#include <charconv>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"

namespace tandem {
namespace {

using Header = std::vector<std::string>;
using Places = std::vector<std::size_t>;

/// Columns of that very name; if there are none, those that differ from it only in case.
Places columns_named(const Header& header, std::string_view name) {
  const std::string lower = lower_case(name);
  Places same, alike;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string_view column = trimmed(header[i]);
    if (column.size() != name.size()) continue;
    if (column == name) same.push_back(i);
    if (lower_case(column) == lower) alike.push_back(i);
  }
  return same.empty() ? alike : same;
}

/// Whether the text is the name with a number: "caption_1", "caption 2", "caption.3", "Caption4".
bool is_numbered(std::string_view text, std::string_view name) {
  const std::string lower = lower_case(trimmed(text));
  if (!lower.starts_with(name)) return false;
  std::string_view number = std::string_view(lower).substr(name.size());
  if (!number.empty() && std::string_view("_-. ").find(number.front()) != std::string_view::npos)
    number.remove_prefix(1);
  return !number.empty() && std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The number that the word is, counted from 1; nothing if it is no number, 0 if it is too large.
std::optional<std::size_t> column_number(std::string_view word) {
  if (word.empty() || !std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc() ? number : 0;
}

std::string quoted_name(std::string_view name) { return "\"" + printable(clean_caption(name)) + "\""; }

std::string columns_with_numbers(const Places& places) {
  std::string text;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i > 0) text += i + 1 == places.size() ? " and " : ", ";
    text += std::to_string(places[i] + 1);
  }
  return text;
}

/// The only one of several columns of one name.
std::size_t only_one(const Places& places, std::string_view name, const char* option,
                     const std::filesystem::path& file) {
  if (places.size() == 1) return places.front();
  throw FileError(file, "one column " + quoted_name(name) + ", or its number in " + option,
                  "columns " + columns_with_numbers(places) + " of that name");
}

std::size_t checked_number(std::size_t number, std::string_view word, const Header& first_row, const char* option,
                           const std::filesystem::path& file) {
  if (number >= 1 && number <= first_row.size()) return number - 1;
  throw FileError(file, "a column " + std::string(word) + " (" + option + ")",
                  std::to_string(first_row.size()) + " columns: " + column_list(first_row));
}

std::size_t chosen_column(const Header& header, std::string_view word, const char* option,
                          const std::filesystem::path& file) {
  if (const Places named = columns_named(header, word); !named.empty()) return only_one(named, word, option, file);
  if (const auto number = column_number(word)) return checked_number(*number, word, header, option, file);
  throw FileError(file, "a column " + quoted_name(word) + " (" + option + ")", column_list(header));
}

/// The words of a list "a,b"; the whole is one word if a column has that name.
std::vector<std::string> words_of(const std::string& list, const Header& header) {
  if (!columns_named(header, trimmed(list)).empty()) return {std::string(trimmed(list))};
  std::vector<std::string> words;
  std::string_view rest = list;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (const std::string_view word = trimmed(rest.substr(0, comma)); !word.empty()) words.emplace_back(word);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return words;
}

template <std::size_t N>
std::string usual_names(const std::array<std::string_view, N>& names) {
  std::string text = "a column \"" + std::string(names.front()) + "\" (or ";
  for (std::size_t i = 1; i < N; ++i) text += (i > 1 ? ", " : "") + std::string(names[i]);
  return text + ")";
}

template <std::size_t N>
std::optional<std::size_t> usual_column(const Header& header, const std::array<std::string_view, N>& names,
                                        const char* option, const std::filesystem::path& file) {
  for (const std::string_view name : names) {
    if (const Places places = columns_named(header, name); !places.empty()) return only_one(places, name, option, file);
  }
  return std::nullopt;
}

Places usual_caption_columns(const Header& header, const std::filesystem::path& file) {
  for (const std::string_view name : kCaptionColumns) {
    Places places;
    if (const Places plain = columns_named(header, name); !plain.empty())
      places.push_back(only_one(plain, name, "--caption-column", file));
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (is_numbered(header[i], name)) places.push_back(i);
    }
    std::sort(places.begin(), places.end());
    if (!places.empty()) return places;
  }
  return {};
}

template <typename Find>
Places chosen_captions(const std::vector<std::string>& words, const Find& find) {
  Places places;
  for (const std::string& word : words) {
    const std::size_t place = find(word);
    if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
  }
  return places;
}

constexpr std::array<std::string_view, 1> kSplitColumns = {"split"};
constexpr std::array<std::string_view, 1> kIdColumns = {"image_id"};
constexpr std::array<std::string_view, 3> kLabelColumns = {"label", "class", "category"};

}  // namespace

std::string column_list(const std::vector<std::string>& header) {
  std::string list;
  for (const std::string& name : header) list += (list.empty() ? "" : ", ") + quoted_name(name);
  return list.empty() ? "none" : list;
}

TableColumns find_table_columns(const std::vector<std::string>& header, const ColumnChoice& choice,
                                const std::filesystem::path& file) {
  const auto chosen = [&](std::string_view word, const char* option) {
    return chosen_column(header, trimmed(word), option, file);
  };
  TableColumns columns;
  const auto image = choice.image.empty() ? usual_column(header, kPictureColumns, "--image-column", file)
                                          : std::optional(chosen(choice.image, "--image-column"));
  if (!image)
    throw FileError(file, usual_names(kPictureColumns) + ", or its name in --image-column", column_list(header));
  columns.image = *image;
  columns.captions = choice.caption.empty()
                         ? usual_caption_columns(header, file)
                         : chosen_captions(words_of(choice.caption, header),
                                           [&](const std::string& word) { return chosen(word, "--caption-column"); });
  if (columns.captions.empty())
    throw FileError(file, usual_names(kCaptionColumns) + ", or its name in --caption-column", column_list(header));
  columns.split = choice.split.empty() ? usual_column(header, kSplitColumns, "--split-column", file)
                                       : chosen(choice.split, "--split-column");
  columns.label = choice.label.empty() ? usual_column(header, kLabelColumns, "--label-column", file)
                                       : chosen(choice.label, "--label-column");
  if (const Places ids = columns_named(header, kIdColumns.front()); !ids.empty()) columns.id = ids.front();
  return columns;
}

TableColumns find_numbered_columns(const std::vector<std::string>& first_row, const ColumnChoice& choice,
                                   const std::filesystem::path& file) {
  const auto numbered = [&](std::string_view word, const char* option) {
    const auto number = column_number(trimmed(word));
    if (!number)
      throw FileError(file, "the number of a column in " + std::string(option) + ", because the first row names none",
                      quoted_name(word) + ", and as the first row " + column_list(first_row));
    return checked_number(*number, trimmed(word), first_row, option, file);
  };
  TableColumns columns;
  if (!choice.image.empty()) columns.image = numbered(choice.image, "--image-column");
  columns.captions = chosen_captions(words_of(choice.caption, {}),
                                     [&](const std::string& word) { return numbered(word, "--caption-column"); });
  if (columns.captions.empty() && first_row.size() == 2) columns.captions = {1 - columns.image};
  if (columns.captions.empty())
    throw FileError(file, "the number of the captions' column in --caption-column, because the first row names none",
                    std::to_string(first_row.size()) + " columns: " + column_list(first_row));
  if (!choice.split.empty()) columns.split = numbered(choice.split, "--split-column");
  if (!choice.label.empty()) columns.label = numbered(choice.label, "--label-column");
  return columns;
}

bool names_picture_column(const std::vector<std::string>& first_row, const ColumnChoice& choice) {
  if (!choice.image.empty()) return !columns_named(first_row, trimmed(choice.image)).empty();
  return std::any_of(kPictureColumns.begin(), kPictureColumns.end(),
                     [&](std::string_view name) { return !columns_named(first_row, name).empty(); });
}

std::optional<std::size_t> numbered_picture_column(std::size_t columns, const ColumnChoice& choice) {
  const std::size_t number = choice.image.empty() ? 1 : column_number(trimmed(choice.image)).value_or(0);
  return number >= 1 && number <= columns ? std::optional(number - 1) : std::nullopt;
}

bool may_hold_captions(const std::string& name, std::size_t column, const ColumnChoice& choice) {
  if (choice.caption.empty()) {
    return std::any_of(kCaptionColumns.begin(), kCaptionColumns.end(), [&](std::string_view usual) {
      return lower_case(trimmed(name)) == usual || is_numbered(name, usual);
    });
  }
  const std::vector<std::string> words = words_of(choice.caption, {name});
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return lower_case(trimmed(name)) == lower_case(word) || column_number(word) == column + 1;
  });
}

}  // namespace tandem
