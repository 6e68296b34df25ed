// A data set drawn by formula: a shape of one colour on a ground of another, with captions that say
// so.
#pragma once

#include <array>
#include <string>

#include "apps/split_of_fifth.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

namespace tandem::tests {

struct NamedColour {
  const char* name;
  std::array<std::uint8_t, 3> rgb;
};

inline constexpr std::array kColours = {NamedColour{"red", {220, 30, 30}},  NamedColour{"green", {30, 160, 60}},
                                        NamedColour{"blue", {40, 60, 220}}, NamedColour{"yellow", {240, 220, 40}},
                                        NamedColour{"black", {20, 20, 20}}, NamedColour{"white", {245, 245, 245}}};
inline constexpr std::array kShapes = {"circle", "square", "triangle", "stripe"};

inline bool inside(int shape, int x, int y) {  // x and y from -32 to 31
  switch (shape) {
    case 0:
      return x * x + y * y < 20 * 20;
    case 1:
      return std::abs(x) < 18 && std::abs(y) < 18;
    case 2:
      return y > -20 && y < 20 && std::abs(x) < (y + 20) / 2;
    default:
      return std::abs(y) < 7;
  }
}

/// Writes 120 pictures (4 shapes x 6 colours x 5 grounds), two captions each, and
/// FOLDER/captions.csv; every fifth picture is dev and the one after it test.
inline std::filesystem::path write_shapes(const ScratchFolder& folder) {
  std::string csv = "image,caption,split\n";
  int number = 0;
  for (int shape = 0; shape < 4; ++shape) {
    for (std::size_t colour = 0; colour < kColours.size(); ++colour) {
      for (std::size_t ground = 0; ground < kColours.size(); ++ground) {
        if (ground == colour) continue;
        RgbImage image{.height = 64, .width = 64, .pixels = {}};
        for (int y = -32; y < 32; ++y) {
          for (int x = -32; x < 32; ++x) {
            const NamedColour& here = kColours[inside(shape, x, y) ? colour : ground];
            image.pixels.insert(image.pixels.end(), here.rgb.begin(), here.rgb.end());
          }
        }
        const std::string name = "shape" + std::to_string(100 + number) + ".jpg";
        const std::string split = split_of_fifth(number);
        write_file(folder / name, encode_jpeg(image, 90));
        csv += name + ",a " + kColours[colour].name + " " + kShapes[shape] + " on a " + kColours[ground].name +
               " ground," + split + "\n";
        csv += name + ",\"" + std::string(kShapes[shape]) + ", " + kColours[colour].name + ", background " +
               kColours[ground].name + "\"," + split + "\n";
        ++number;
      }
    }
  }
  write_file(folder / "captions.csv", csv);
  return folder / "captions.csv";
}

}  // namespace tandem::tests
