// Pictures that are the same: byte for byte, or to the eye.
#pragma once

#include <cstdint>
#include <vector>

#include "tandem/curation/picture_survey.h"

namespace tandem {

/// How many of the 64 bits of perceptual_hash two near-duplicates may differ in. doc/data.md says
/// what was measured.
inline constexpr int kNearDistance = 7;

/// Whether two pictures whose hashes are near each other are the same to the eye. Hashes of flat or
/// simple pictures meet by chance; here the thumbnails are laid over each other:
///   - no colour channel's mean differs by more than 16 of 255 levels;
///   - once the means are taken off, what differs (root mean square) is at most a quarter of either
///     thumbnail's own contrast, or 1.5 levels;
///   - the sides' ratios differ by at most a tenth.
bool look_alike(const SurveyedPicture& a, const SurveyedPicture& b);

struct DuplicateGroup {
  std::vector<std::int64_t> pictures;  ///< two or more rows of the survey, ascending
  bool exact = false;                  ///< all of them the same bytes
};

/// Groups of equal bytes or, among readable pictures, of hashes within `distance` bits that
/// look_alike; joined where they share a picture, so that no picture is in two. Ordered by their
/// first picture. Pictures without bytes are in none.
std::vector<DuplicateGroup> duplicate_groups(const std::vector<SurveyedPicture>& pictures,
                                             int distance = kNearDistance);

}  // namespace tandem
