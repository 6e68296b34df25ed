// A split's pictures and captions on one map: laid out, measured, and drawn as figures and atlases.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/maps/joint_projection.h"

namespace tandem {

struct SplitMapOptions {
  std::string split = "test";
  std::filesystem::path features = {};  ///< by the run's encoders; empty: those it was trained on
  std::int64_t limit = 10000;           ///< at most as many pictures, the first of the split
  JointProjectionOptions projection = {};
  std::filesystem::path verdicts = {};  ///< CSV of an audit, to colour the atlas by; empty: none
  std::filesystem::path frames = {};    ///< t-SNE: folder for frame-0050.png and so on, a picture of the map every
                                        ///< projection.tsne.watch_every steps; empty: none
  std::filesystem::path save = {};      ///< file to save the map in (saved_map.h); empty: it is not saved
  std::filesystem::path onto = {};      ///< saved map to place the split on; empty: a new map is made
};

struct SplitMap {
  JointProjection layout;
  std::string note;  ///< split, counts, method and quality, as below the map
};

/// Throws FileError unless every name ends in .png, .svg, .pdf or .html.
void check_map_endings(const std::vector<std::filesystem::path>& out);

/// Makes the map, or places the split on a saved one, and draws it into every file of `out`: .html
/// is the atlas, the others are figures. All files, the saved map too, appear together at the end;
/// frames appear as they are drawn. Stages are the map and what the atlas is made of.
/// Throws FileError as check_map_endings, embed_split and read_verdicts do, and if the saved map is
/// of another width than the run; c10::ValueError as project_jointly.
SplitMap draw_map_of_split(const std::filesystem::path& run, const std::vector<std::filesystem::path>& out,
                           const SplitMapOptions& options, const Stages& stages = {});

}  // namespace tandem
