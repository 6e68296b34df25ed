// What `tandem data` found, as text for the terminal, as JSON and as a page.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "tandem/curation/caption_statistics.h"
#include "tandem/curation/findings.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct DataReport {
  std::string spec;
  CaptionSet set;
  CaptionStatistics captions;
  std::vector<SurveyedPicture> survey;  ///< empty: the pictures were not looked at
  std::vector<DuplicateGroup> groups;
  std::vector<Finding> findings;  ///< the worst first
  double seconds = 0;

  bool looked_at_pictures() const { return !survey.empty(); }
  std::int64_t count(Severity severity) const;  ///< findings of that severity
};

/// Sections and aligned columns, no line longer than about 120 characters unless a name is.
void print_report(const DataReport& report, std::ostream& out);

/// Everything print_report says, and all duplicates, sizes and unreadable pictures without a limit.
Json report_json(const DataReport& report);

/// A self-contained page with thumbnails of duplicates and odd pictures, at most 200 groups and 60
/// pictures.
void write_report_page(const DataReport& report, const std::filesystem::path& out);

}  // namespace tandem
