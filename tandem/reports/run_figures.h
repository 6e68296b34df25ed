// All figures of a run for print: maps, similarities, recall, training, answers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/maps/joint_projection.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct RunFigureOptions {
  std::string split = "test";
  std::filesystem::path features = {};         ///< by the run's encoders; empty: those it was trained on
  std::vector<std::string> formats = {"png"};  ///< of png, svg, pdf; each figure is drawn in all of them
  bool dark = false;                           ///< light on dark; names end in -dark
  MapMethod map_method = MapMethod::kTsne;
  std::int64_t pairs = 500;     ///< on the maps: at most as many, drawn at random
  std::int64_t queries = 6;     ///< captions, and pictures, that are shown with their answers
  std::int64_t largest_k = 50;  ///< recall: k from 1 to this, or to the gallery's size
  std::uint64_t seed = 0;       ///< of the pairs, the queries and the maps
};

/// Draws joint-map (before and after training), similarity-matrix, similarity-histogram,
/// recall-curves, training-curves (of a run that was trained by itself), caption-queries and
/// picture-queries into the folder `out`, which is made. Figures of the same name are replaced, all
/// of them at the end.
/// Returns the files ("files") and the numbers in the figures ("maps", "similarities").
/// Throws FileError as embed_split and read_training_history do, if the split has fewer than two
/// pictures, or a figure cannot be written.
Json draw_run_figures(const std::filesystem::path& run, const std::filesystem::path& out,
                      const RunFigureOptions& options, const Stages& stages = {});

}  // namespace tandem
