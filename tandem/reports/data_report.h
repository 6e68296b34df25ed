// The findings of `tandem data` as text for the terminal, as JSON and as an HTML page.
#pragma once

#include <filesystem>
#include <iosfwd>

#include "tandem/curation/data_examination.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Writes sections with aligned columns. Lines are at most about 120 characters long, unless a name
/// is longer.
void print_report(const DataExamination& report, std::ostream& out);

/// Everything that print_report writes, with all duplicates, sizes and unreadable pictures.
Json report_json(const DataExamination& report);

/// Writes a self-contained page with thumbnails: at most 200 groups of duplicates, 60 odd pictures
/// and 36 samples of the set. Samples need a look at the pictures.
/// Throws FileError if `out` cannot be written.
void write_report_page(const DataExamination& report, const std::filesystem::path& out);

}  // namespace tandem
