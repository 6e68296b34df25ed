// An audit told: as a page, as a table to correct captions in, as JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "tandem/audit/pair_audit.h"
#include "tandem/audit/planted_swaps.h"
#include "tandem/audit/twin_captions.h"
#include "tandem/features/feature_store.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// How many of the captions that were swapped on purpose the list finds.
struct PlantedReport {
  PlantedSwaps swaps;
  double share = 0;
  std::uint64_t seed = 0;
  double average_precision = 0;
  double by_similarity = 0;  ///< the same if the list were in the order of cosine similarity alone
  double chance = 0;         ///< of a list in random order
};

struct AuditReport {
  const FeatureStore& store;
  const PairedFeatures& pairs;  ///< rows of `audit` and `twins`
  std::string split;
  std::int64_t folds = 0;         ///< 0: nothing was cross-fitted
  std::int64_t cross_fitted = 0;  ///< pictures
  bool shuffled = false;          ///< the run is the control
  std::string left_out;           ///< what of the split could not be judged, and why; empty: nothing
  std::int64_t left_out_images = 0;
  PairAudit audit;
  TwinList twins;
  std::optional<PlantedReport> planted;

  std::int64_t count(Verdict verdict) const;
};

/// `shown` cards in each section; thumbnails only of pictures that are shown, which `progress`
/// counts.
void write_audit_report(const AuditReport& report, const std::filesystem::path& out, std::int64_t shown,
                        const Progress& progress = {});

/// Every pair, most suspect first. Columns: id, caption, verdict, score, chance_wrong, similarity,
/// others_as_near, caption_in_lists, picture_in_lists, suggested_captions, suggested_pictures,
/// same_caption, planted, new_caption; lists are parted by " | ". Ids and captions are
/// spreadsheet_cell's: people edit the table.
void write_audit_table(const AuditReport& report, const std::filesystem::path& out);

/// Counts, limits, weights, what was planted, and the first `shown` pairs of each verdict but
/// aligned.
Json audit_json(const AuditReport& report, std::int64_t shown);

void print_audit(const AuditReport& report, std::ostream& out);

}  // namespace tandem
