// Everything that can be said of a caption set before training on it: counts, duplicates, findings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/curation/caption_statistics.h"
#include "tandem/curation/duplicate_groups.h"
#include "tandem/curation/findings.h"
#include "tandem/curation/picture_survey.h"
#include "tandem/data/caption_set.h"

namespace tandem {

struct DataExamination {
  std::string spec;  ///< where the set was read from
  CaptionSet set;
  CaptionStatistics captions;
  std::vector<SurveyedPicture> survey;  ///< empty: the pictures were not looked at
  std::vector<DuplicateGroup> groups;
  std::vector<Finding> findings;  ///< the worst first
  double seconds = 0;             ///< that reading and examining took, as the caller measured them

  bool looked_at_pictures() const { return !survey.empty(); }
  std::int64_t count(Severity severity) const;  ///< findings of that severity
};

struct ExamineOptions {
  bool pictures = true;  ///< decode every picture: sizes, duplicates, and splits by content where they were made
  int threads = 0;       ///< 0: one per core
};

/// Examines the set; looking at the pictures is a stage. Pictures that cannot be read are findings.
DataExamination examine_data(const std::string& spec, CaptionSet set, const ExamineOptions& options,
                             const Stages& stages = {});

}  // namespace tandem
