#include "tandem/curation/data_examination.h"

#include <algorithm>

#include "tandem/curation/content_split.h"

namespace tandem {

std::int64_t DataExamination::count(Severity severity) const {
  return std::count_if(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.severity == severity; });
}

DataExamination examine_data(const std::string& spec, CaptionSet set, const ExamineOptions& options,
                             const Stages& stages) {
  DataExamination examined{.spec = spec, .set = std::move(set)};
  if (options.pictures) {
    examined.survey = survey_pictures(picture_sources(examined.set), options.threads,
                                      begin_stage(stages, "looking at pictures", "pictures"));
    examined.groups = duplicate_groups(examined.survey);
    if (examined.set.splits_made) split_by_content(examined.set, examined.survey, examined.groups);
  }
  examined.captions = caption_statistics(examined.set);
  examined.findings = picture_findings(examined.set, examined.survey, examined.groups);
  const std::vector<Finding> captions = caption_findings(examined.set);
  examined.findings.insert(examined.findings.end(), captions.begin(), captions.end());
  std::stable_sort(examined.findings.begin(), examined.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  return examined;
}

}  // namespace tandem
