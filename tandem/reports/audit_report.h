// An audit told: as a page, as a table to correct captions in, as JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>

#include "tandem/base/progress.h"
#include "tandem/evaluation/model_audit.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// `shown` cards in each section; thumbnails only of pictures that are shown, which `progress`
/// counts.
void write_audit_report(const ModelAudit& report, const std::filesystem::path& out, std::int64_t shown,
                        const Progress& progress = {});

/// Every pair, most suspect first. Columns: id, caption, verdict, score, chance_wrong, similarity,
/// others_as_near, caption_in_lists, picture_in_lists, suggested_captions, suggested_pictures,
/// same_caption, planted, new_caption; lists are parted by " | ". Ids and captions are
/// spreadsheet_cell's: people edit the table.
void write_audit_table(const ModelAudit& report, const std::filesystem::path& out);

/// Counts, limits, weights, what was planted, and the first `shown` pairs of each verdict but
/// aligned.
Json audit_json(const ModelAudit& report, std::int64_t shown);

void print_audit(const ModelAudit& report, std::ostream& out);

}  // namespace tandem
