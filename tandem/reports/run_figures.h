// Draws all figures of a run for print: maps, similarities, recall, training, answers.
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
  std::string split = "test";                  ///< a name that split_choice takes
  std::filesystem::path features = {};         ///< made by the run's encoders; empty: those it was trained on
  std::vector<std::string> formats = {"png"};  ///< any of png, svg, pdf; each figure is drawn in all of them
  bool dark = false;                           ///< light on dark; the names of the files end in -dark
  MapMethod map_method = MapMethod::kTsne;
  std::int64_t pairs = 500;     ///< the largest number of pairs on the maps; they are drawn at random
  std::int64_t queries = 6;     ///< number of captions, and of pictures, that are shown with their answers
  std::int64_t largest_k = 50;  ///< recall is drawn for k from 1 to this, or to the gallery's size
  std::uint64_t seed = 0;       ///< of the pairs, the queries and the maps
  std::filesystem::path pictures =
      {};              ///< new root of the pictures (picture_places.h); empty: they are where they were
  Notice notice = {};  ///< told if pictures are missing: the figures of queries then show names
};

/// Draws joint-map (before and after training), similarity-matrix, similarity-histogram,
/// recall-curves, training-curves (not for ensembles and heads by CCA), caption-queries and
/// picture-queries into the folder `out`. The folder is made if it does not exist. All figures
/// appear together at the end; older files of the same names are replaced.
/// Returns a JSON object with the files ("files") and the numbers in the figures ("maps",
/// "similarities").
/// Throws FileError as Model::embed and read_training_history do, if the split has fewer than two
/// pictures, or if a figure cannot be written.
Json draw_run_figures(const std::filesystem::path& run, const std::filesystem::path& out,
                      const RunFigureOptions& options, const Stages& stages = {});

}  // namespace tandem
