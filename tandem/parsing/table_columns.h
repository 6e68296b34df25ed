// The columns of a table of captioned pictures: by their usual names, or as the user names them.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// If a table has several of these columns, the first name in this list is taken.
inline constexpr std::array<std::string_view, 8> kPictureColumns = {"image", "filename", "file_name",  "file",
                                                                    "path",  "filepath", "image_path", "image_name"};
inline constexpr std::array<std::string_view, 4> kCaptionColumns = {"caption", "captions", "text", "title"};

/// The columns that the user names. A word is a column's name or, if no column has that name, its
/// number, counted from 1. An empty word leaves the choice to the usual names.
struct ColumnChoice {
  std::string image;
  std::string caption;  ///< one word or several, separated by commas
  std::string split;
  std::string label;  ///< of the class

  bool empty() const { return image.empty() && caption.empty() && split.empty() && label.empty(); }
};

/// Positions of columns, counted from 0.
struct TableColumns {
  std::size_t image = 0;
  std::vector<std::size_t> captions;  ///< at least one
  std::optional<std::size_t> split, id, label;
};

/// Finds the columns in a first row of names. Upper and lower case and white space around a name do
/// not matter, unless two names differ in nothing else. The usual names are kPictureColumns,
/// kCaptionColumns (and beside or in place of such a name the same with a number, "caption_1",
/// "caption2": then all of them hold captions), "split", "image_id", and for classes "label",
/// "class" or "category".
/// Throws FileError naming `file`, the columns found and the option that helps if a column is
/// missing, if a name that is needed stands above two columns, or a number is beyond the last.
TableColumns find_table_columns(const std::vector<std::string>& header, const ColumnChoice& choice,
                                const std::filesystem::path& file);

/// The columns of a table whose first row is not one of names. Pictures are in the first column
/// unless the choice gives another number; with two columns, captions are in the other one.
///
///   first_row  its fields, for messages
///
/// Throws FileError naming `file` if the choice holds a word that is no number of a column, or no
/// number for the captions where one is needed.
TableColumns find_numbered_columns(const std::vector<std::string>& first_row, const ColumnChoice& choice,
                                   const std::filesystem::path& file);

/// Whether the first row holds names of columns as far as the picture's column is concerned: one of
/// the usual names, or the name that the choice gives.
bool names_picture_column(const std::vector<std::string>& first_row, const ColumnChoice& choice);

/// Position of the picture's column if there is no header: by the number in the choice, or 0.
/// Nothing if the choice is a name or a number beyond the last column.
std::optional<std::size_t> numbered_picture_column(std::size_t columns, const ColumnChoice& choice);

/// Whether a column may be one of captions, before all columns are known.
bool may_hold_captions(const std::string& name, std::size_t column, const ColumnChoice& choice);

/// The columns of a message: "\"picture\", \"words\"", or "none".
std::string column_list(const std::vector<std::string>& header);

}  // namespace tandem
