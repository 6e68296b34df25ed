// The columns of a table of captioned pictures, found by their usual names.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// If a table has several of these columns, the first name in this list is taken.
inline constexpr std::array<std::string_view, 6> kPictureColumns = {"image", "filename", "file_name",
                                                                    "file",  "path",     "filepath"};
inline constexpr std::array<std::string_view, 4> kCaptionColumns = {"caption", "captions", "text", "title"};

/// The index of the column that has one of these names, in upper or lower case and with white space
/// around it allowed; nothing if there is none.
std::optional<std::size_t> find_column(const std::vector<std::string>& header, std::span<const std::string_view> names);

}  // namespace tandem
