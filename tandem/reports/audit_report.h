// Reports of an audit: an HTML page, a table for correcting captions, JSON, and text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>

#include "tandem/base/progress.h"
#include "tandem/evaluation/model_audit.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Writes the page with at most `shown` cards in each section. Thumbnails are made only for the
/// pictures that are shown; `progress` counts them. Throws FileError if `out` cannot be written.
void write_audit_report(const ModelAudit& report, const std::filesystem::path& out, std::int64_t shown,
                        const Progress& progress = {});

/// Writes a CSV with one line per pair, the most suspect first. Columns: id, caption, verdict,
/// score, chance_wrong, similarity, others_as_near, caption_in_lists, picture_in_lists,
/// suggested_captions, suggested_pictures, same_caption, planted, new_caption. The items of a list
/// are separated by " | ". Ids and captions go through spreadsheet_cell, because people edit the
/// table in spreadsheets.
/// Throws FileError if `out` cannot be written.
void write_audit_table(const ModelAudit& report, const std::filesystem::path& out);

/// Counts, limits, weights, the result for planted swaps, and the first `shown` pairs of each
/// verdict except "aligned".
Json audit_json(const ModelAudit& report, std::int64_t shown);

/// Writes a summary: the number of pairs per verdict and the result for planted swaps.
void print_audit(const ModelAudit& report, std::ostream& out);

}  // namespace tandem
