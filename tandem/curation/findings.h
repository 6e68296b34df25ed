// What is wrong with a caption set, or worth knowing before training on it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/curation/duplicate_groups.h"
#include "tandem/curation/picture_survey.h"
#include "tandem/data/caption_set.h"

namespace tandem {

/// kNote: worth knowing. kWarning: something is wrong, and results bear it. kError: results will
/// not mean what they say.
enum class Severity { kNote, kWarning, kError };

/// "note", "warning", "error".
std::string_view severity_name(Severity severity);

struct Finding {
  Severity severity = Severity::kNote;
  std::string kind;  ///< for programs: "leaks", "exact_duplicates", "short_captions"
  std::string what;  ///< for people, in the plural: "captions of one word"
  std::int64_t count = 0;
  std::vector<std::string> names;  ///< of all of them, in the set's order
};

/// What captions and splits tell: what the reader left out (warning), an empty split, pictures in
/// no split, captions of one word (warning), of fewer than three, repeated for one picture, shared
/// by pictures (a warning if one caption is on 1% of them, and on ten), the same in train and in
/// dev or test.
std::vector<Finding> caption_findings(const CaptionSet& set);

/// What the pictures themselves tell: unreadable ones (error), groups of duplicates in several
/// splits (error), duplicates of equal bytes and near ones, pictures of one colour (warning),
/// pictures under 32 pixels a side, and longer than three times their width or wider than three
/// times their height.
///   survey  a row a picture of the set; groups are of its rows
std::vector<Finding> picture_findings(const CaptionSet& set, const std::vector<SurveyedPicture>& survey,
                                      const std::vector<DuplicateGroup>& groups);

/// Whether a group has pictures on two of the sides train, dev and test.
bool leaks(const CaptionSet& set, const DuplicateGroup& group);

/// Narrower than a third of its height, or lower than a third of its width.
bool is_elongated(const SurveyedPicture& picture);

}  // namespace tandem
