// Pictures with the statistics of photographs, drawn from a seed, and what happens to pictures on
// the way.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "tandem/curation/picture_survey.h"
#include "tandem/images/rgb_image.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

namespace tandem::tests {

/// Soft blobs of all sizes over a slope, with grain.
inline RgbImage drawn_photo(unsigned seed, int height = 96, int width = 128) {
  std::mt19937 chance(seed);
  std::uniform_real_distribution<double> unit(0, 1);
  RgbImage image{.height = height, .width = width, .pixels = {}};
  std::vector<double> light(static_cast<std::size_t>(3 * height * width), 90);
  for (int blob = 0; blob < 40; ++blob) {
    const double x0 = unit(chance) * width;
    const double y0 = unit(chance) * height;
    const double radius = width * (0.03 + 0.25 * unit(chance) * unit(chance));
    const double colour[3] = {150 * (unit(chance) - 0.4), 150 * (unit(chance) - 0.4), 150 * (unit(chance) - 0.4)};
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const double weight = std::exp(-((x - x0) * (x - x0) + (y - y0) * (y - y0)) / (2 * radius * radius));
        for (int c = 0; c < 3; ++c) light[3 * (width * y + x) + c] += weight * colour[c];
      }
    }
  }
  for (const double value : light)
    image.pixels.push_back(static_cast<std::uint8_t>(std::clamp(value + 8 * unit(chance), 0.0, 250.0)));
  return image;
}

inline RgbImage one_colour(std::uint8_t level) {
  return {.height = 40, .width = 40, .pixels = std::vector<std::uint8_t>(3 * 40 * 40, level)};
}

inline RgbImage brighter(RgbImage image, int levels) {
  for (std::uint8_t& value : image.pixels) value = static_cast<std::uint8_t>(std::clamp(value + levels, 0, 255));
  return image;
}

inline RgbImage mirrored(const RgbImage& image) {
  RgbImage other = image;
  for (std::int64_t y = 0; y < image.height; ++y) {
    for (std::int64_t x = 0; x < image.width; ++x) {
      std::copy_n(image.pixels.begin() + 3 * (image.width * y + x), 3,
                  other.pixels.begin() + 3 * (image.width * y + image.width - 1 - x));
    }
  }
  return other;
}

/// Files in a folder, surveyed in the order in which they were written.
class PictureFolder {
 public:
  void add(const std::string& name, const std::string& bytes) {
    write_file(folder_ / name, bytes);
    sources_.push_back({.file = folder_ / name});
  }
  std::vector<SurveyedPicture> survey() const { return survey_pictures(sources_, 2); }
  const std::vector<PictureSource>& sources() const { return sources_; }

 private:
  ScratchFolder folder_;
  std::vector<PictureSource> sources_;
};

}  // namespace tandem::tests
