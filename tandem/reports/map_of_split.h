// Puts the pictures and captions of a split on one map, measures the map, and draws it as figures
// and atlases.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/data/caption_set.h"
#include "tandem/features/picture_places.h"
#include "tandem/maps/joint_projection.h"

namespace tandem {

struct SplitMapOptions {
  std::string split = "test";           ///< a name that split_choice takes; a gallery is shown whole
  std::filesystem::path features = {};  ///< made by the run's encoders; empty: those it was trained on
  std::optional<CaptionSet> data = {};  ///< its pictures alone are shown instead of a split, embedded once (gallery.h)
  std::string data_name = {};           ///< of `data`, for messages
  std::int64_t limit = 10000;           ///< the largest number of pictures; the first of the split are taken
  JointProjectionOptions projection = {};
  std::filesystem::path verdicts = {};  ///< CSV of an audit, to colour the atlas by its verdicts; empty: none
  std::filesystem::path frames = {};    ///< t-SNE: folder for pictures of the map (frame-0050.png), one every
                                        ///< projection.tsne.watch_every steps; empty: none
  std::filesystem::path save = {};      ///< file to save the map in (saved_map.h); empty: the map is not saved
  std::filesystem::path onto = {};      ///< saved map to place the split on; empty: a new map is made
  std::filesystem::path pictures =
      {};  ///< new root of the pictures (picture_places.h); empty: they are where they were
};

struct SplitMap {
  JointProjection layout;
  std::string note;          ///< the text below the map: split, counts, method and quality
  MissingPictures pictures;  ///< of those on the map
};

/// Checks names of output files. Throws FileError unless every name ends in .png, .svg, .pdf or
/// .html.
void check_map_endings(const std::vector<std::filesystem::path>& out);

/// Makes the map, or places the split on a saved one (of a gallery without captions: its pictures alone), and draws it
/// into every file of `out`: an atlas if the name ends in .html, otherwise a figure. All these files and the saved map
/// appear together at the end; frames appear as they are drawn. Stages: embedding `data`, the map, and for an atlas
/// those of make_atlas. Throws FileError as check_map_endings, Model::open, Model::split, embed_gallery, move_pictures
/// and read_verdicts do, if a file cannot be written, and if the saved map has another width than the run;
/// c10::ValueError as project_jointly does.
SplitMap draw_map_of_split(const std::filesystem::path& run, const std::vector<std::filesystem::path>& out,
                           const SplitMapOptions& options, const Stages& stages = {});

}  // namespace tandem
