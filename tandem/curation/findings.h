// Problems of a caption set, and facts worth knowing before training on it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/curation/duplicate_groups.h"
#include "tandem/curation/picture_survey.h"
#include "tandem/data/caption_set.h"

namespace tandem {

/// kNote: worth knowing. kWarning: something is wrong and affects the results. kError: the results
/// will be misleading.
enum class Severity { kNote, kWarning, kError };

/// "note", "warning", "error".
std::string_view severity_name(Severity severity);

struct Finding {
  Severity severity = Severity::kNote;
  std::string kind;  ///< for programs: "leaks", "exact_duplicates", "short_captions"
  std::string what;  ///< for people, in the plural: "captions of one word"
  std::int64_t count = 0;
  std::vector<std::string> names;  ///< all of them, in the set's order
};

/// Findings about captions and splits: entries that the reader left out (warning), files of other kinds beside the
/// pictures (note), an empty split (warning), pictures in no split, captions of one word (warning), captions of fewer
/// than three words, captions repeated for one picture, captions shared by pictures (a warning if one caption is on at
/// least 1% of the pictures and on at least ten), and captions both in train and in dev or test.
std::vector<Finding> caption_findings(const CaptionSet& set);

/// Findings about the pictures themselves: unreadable pictures (error), groups of duplicates in
/// several splits (error), groups of pictures with equal bytes and of near-duplicates (warnings),
/// pictures of one colour (warning), pictures with a side under 32 pixels, and elongated pictures
/// (is_elongated).
///
///   survey  one row per picture of the set
///   groups  duplicate groups of the survey's rows
std::vector<Finding> picture_findings(const CaptionSet& set, const std::vector<SurveyedPicture>& survey,
                                      const std::vector<DuplicateGroup>& groups);

/// Whether a group has pictures in two of the splits train, dev and test.
bool leaks(const CaptionSet& set, const DuplicateGroup& group);

/// Whether one side is more than three times the other.
bool is_elongated(const SurveyedPicture& picture);

}  // namespace tandem
