// The columns of a table of captioned pictures, by the names people give them.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// Of several that a table has, the first of these is taken.
inline constexpr std::array<std::string_view, 6> kPictureColumns = {"image", "filename", "file_name",
                                                                    "file",  "path",     "filepath"};
inline constexpr std::array<std::string_view, 4> kCaptionColumns = {"caption", "captions", "text", "title"};

/// The place of the column that has one of these names, in any case and with white space around, if
/// there is one.
std::optional<std::size_t> find_column(const std::vector<std::string>& header, std::span<const std::string_view> names);

}  // namespace tandem
