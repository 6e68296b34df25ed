// One pass over all pictures: what each looks like, in few bytes, and which cannot be read.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/images/picture_source.h"

namespace tandem {

/// A picture at 12 x 12, [12, 12, 3].
inline constexpr std::int64_t kSurveySide = 12;
using Thumbnail = std::array<std::uint8_t, 3 * kSurveySide * kSurveySide>;

struct SurveyedPicture {
  std::string checksum;    ///< of the bytes; empty if they cannot be had
  std::string unreadable;  ///< why, in a sentence; empty if the picture was decoded, and then all below is set
  std::int64_t bytes = 0;
  std::int64_t height = 0;  ///< upright, in pixels
  std::int64_t width = 0;
  std::uint64_t hash = 0;  ///< perceptual_hash
  Thumbnail thumbnail = {};

  bool readable() const { return unreadable.empty(); }
};

/// Reads and decodes every picture, on `threads` threads (0: one a core). Row i is about picture i,
/// and does not depend on the others. Takes about 600 bytes a picture.
std::vector<SurveyedPicture> survey_pictures(const std::vector<PictureSource>& pictures, int threads = 0,
                                             const Progress& progress = {});

}  // namespace tandem
