// Duplicate pictures: equal byte for byte, or equal to the eye.
#pragma once

#include <cstdint>
#include <vector>

#include "tandem/curation/picture_survey.h"

namespace tandem {

/// The largest number of the 64 bits of perceptual_hash in which two near-duplicates may differ.
/// doc/data.md gives the measurements.
inline constexpr int kNearDistance = 7;

/// Whether two pictures with similar hashes look the same to the eye. Hashes of flat or simple
/// pictures can be similar by chance, so this compares the thumbnails:
///   - the means of each colour channel differ by at most 16 of 255 levels;
///   - after the means are subtracted, the difference (root mean square) is at most a quarter of
///     either thumbnail's own contrast, or 1.5 levels;
///   - the ratios of the sides differ by at most a tenth.
bool look_alike(const SurveyedPicture& a, const SurveyedPicture& b);

struct DuplicateGroup {
  std::vector<std::int64_t> pictures;  ///< two or more rows of the survey, ascending
  bool exact = false;                  ///< all of them have the same bytes
};

/// Groups of pictures with equal bytes or, among readable pictures, with hashes within `distance`
/// bits for which look_alike is true. Groups that share a picture are joined, so that no picture is
/// in two. Groups are ordered by their first picture. Pictures without bytes are in none.
std::vector<DuplicateGroup> duplicate_groups(const std::vector<SurveyedPicture>& pictures,
                                             int distance = kNearDistance);

}  // namespace tandem
