// Which character separates the columns of a table.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "tandem/parsing/table_columns.h"

namespace tandem {

/// The separator of that name: "comma", "semicolon", "tab", "bar", or one character that is no
/// letter, digit, quote, space or line end.
/// Throws c10::ValueError for any other word.
char separator_named(std::string_view word);

/// Comma, semicolon, tab or bar, whichever separates the first 100 records of the text, quoted
/// fields respected. A separator whose first record names the columns of pictures and captions
/// comes first; then one with which the first record has a picture in the picture's column; then one
/// that gives every record the same number of fields, at least two; then one that occurs in the first
/// record. Of several, those that leave no single quotes in fields come first. A comma if there is
/// none.
///
///   is_picture  whether a field is the name of a picture; may be empty
///
/// Throws FileError naming `file` and the option --delimiter if several fit equally.
char table_separator(std::string_view text, const ColumnChoice& choice, const std::filesystem::path& file,
                     const std::function<bool(const std::string&)>& is_picture = {});

}  // namespace tandem
