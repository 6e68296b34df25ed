// What `tandem data` found, as text for the terminal, as JSON and as a page.
#pragma once

#include <filesystem>
#include <iosfwd>

#include "tandem/curation/data_examination.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Sections and aligned columns, no line longer than about 120 characters unless a name is.
void print_report(const DataExamination& report, std::ostream& out);

/// Everything print_report says, and all duplicates, sizes and unreadable pictures without a limit.
Json report_json(const DataExamination& report);

/// A self-contained page with thumbnails of duplicates and odd pictures, at most 200 groups and 60
/// pictures.
void write_report_page(const DataExamination& report, const std::filesystem::path& out);

}  // namespace tandem
