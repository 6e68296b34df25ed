// CMYK -> RGB without colour profiles, bit for bit as Pillow does it.
#pragma once

#include <cstdint>

namespace tandem {

/// Converts inks to light.
///
///   stored    [count, 4]  cyan, magenta, yellow, black
///   inverted  255 means no ink (as in JPEGs with Adobe's marker), else 0 does
///   rgb       [count, 3]  filled
void inks_to_rgb(const std::uint8_t* stored, bool inverted, std::int64_t count, std::uint8_t* rgb);

}  // namespace tandem
