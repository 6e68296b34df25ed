// One page about a trained model: protocol, results, curves, maps, examples, slices, hubs, data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "tandem/base/progress.h"
#include "tandem/model/model.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct ModelReportOptions {
  std::filesystem::path features = {};  ///< made by the model's encoders; empty: those it was trained on
  std::string split = "test";           ///< a name that split_choice takes
  std::uint64_t seed = 0;               ///< of the pairs on the maps, the maps and the audit
  std::int64_t map_pairs = 1000;        ///< the largest number of pairs on the maps; they are drawn at random
  std::int64_t pairs_shown = 6;         ///< number of best, of near-miss and of worst pairs
  std::string data_terms = {};          ///< terms of use of the data, in sentences; empty: not known
  std::filesystem::path pictures =
      {};  ///< new root of the pictures (picture_places.h); empty: they are where they were
};

/// Throws FileError unless `out` ends in .html or .pdf. For checks before any work.
void check_report_path(const std::filesystem::path& out);

/// Measures the split and writes the report into the file `out`: a self-contained page if its name
/// ends in .html, A4 pages if it ends in .pdf. An older file stays until the new one is complete.
/// Returns a JSON object with the file, its size and the numbers of the report (doc/report.md).
/// Throws FileError as check_report_path, Model::embed, move_pictures and read_training_history do, if the split
/// has fewer than two pictures, and if the file cannot be written.
Json write_model_report(const Model& model, const std::filesystem::path& out, const ModelReportOptions& options = {},
                        const Stages& stages = {});

}  // namespace tandem
