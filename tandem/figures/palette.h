// Colours that colour-blind readers can tell apart (Okabe & Ito 2008, Color Universal Design).
#pragma once

#include <cstdint>

namespace tandem {

struct Colour {
  double red = 0;  ///< all four from 0 to 1
  double green = 0;
  double blue = 0;
  double alpha = 1;

  constexpr Colour faded(double opacity) const { return {red, green, blue, opacity}; }
};

/// From 0xRRGGBB.
constexpr Colour colour(std::uint32_t rgb) {
  return {static_cast<double>(rgb >> 16 & 0xff) / 255, static_cast<double>(rgb >> 8 & 0xff) / 255,
          static_cast<double>(rgb & 0xff) / 255, 1};
}

inline constexpr Colour kBlue = colour(0x0072b2);
inline constexpr Colour kVermilion = colour(0xd55e00);
inline constexpr Colour kOrange = colour(0xe69f00);
inline constexpr Colour kGreen = colour(0x009e73);
inline constexpr Colour kPurple = colour(0xcc79a7);

inline constexpr Colour kSkyBlue = colour(0x56b4e9);

inline constexpr Colour kInk = colour(0x1f2328);      ///< titles
inline constexpr Colour kSoftInk = colour(0x59636e);  ///< notes and axis labels
inline constexpr Colour kRule = colour(0xd9dee3);     ///< frames and grid lines
inline constexpr Colour kPaper = colour(0xffffff);

/// The colours of a figure. A theme changes colours and nothing else.
struct Theme {
  Colour paper = kPaper;
  Colour ink = kInk;
  Colour soft_ink = kSoftInk;
  Colour rule = kRule;
  Colour image = kBlue;         ///< pictures, in every figure
  Colour text = kVermilion;     ///< captions
  Colour aligned = kGreen;      ///< true pairs
  Colour misaligned = kOrange;  ///< other pairs
  Colour third = kPurple;       ///< another curve
};

inline constexpr Theme kLightTheme{};

/// Blue on black is hard to see: this theme draws pictures in sky blue.
inline constexpr Theme kDarkTheme{.paper = colour(0x0d1117),
                                  .ink = colour(0xe6edf3),
                                  .soft_ink = colour(0xa3adb8),
                                  .rule = colour(0x363d46),
                                  .image = kSkyBlue};

}  // namespace tandem
