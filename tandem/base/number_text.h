// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace tandem {

/// 40455 -> "40,455"
std::string with_thousands(std::int64_t number);

/// Rounded to `places` decimal places: (29.04, 1) -> "29.0"
std::string decimal(double number, int places);

/// Seconds as "1:53"; from one hour on as "2:01:53".
std::string clock_text(double seconds);

/// The text made printable (base/printable.h), at the right (or left) of a column of `width`
/// characters. A longer text is not cut.
std::string right_aligned(const std::string& text, std::size_t width);
std::string left_aligned(const std::string& text, std::size_t width);

}  // namespace tandem
