// The atlas: the joint map as one self-contained interactive page, with pictures, neighbours,
// search and selection.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/figures/joint_map.h"
#include "tandem/maps/contour_lines.h"

namespace tandem {

/// Small pictures in square sheets of columns x columns square cells. Each picture is in the upper
/// left corner of its cell.
struct AtlasThumbnails {
  struct Place {
    std::int64_t cell = -1;  ///< counted over all sheets, row by row from the top; -1: no picture, a blank tile
    std::int64_t width = 0;  ///< pixels, at most `side`
    std::int64_t height = 0;
  };

  std::int64_t side = 0;            ///< pixels per side of a cell
  std::int64_t columns = 0;         ///< cells in a row of a sheet
  std::vector<std::string> sheets;  ///< JPEG files
  std::vector<Place> places;        ///< [N]
};

/// The nearest rows in the model's space, nearest first.
struct AtlasNeighbours {
  at::Tensor row;         ///< [n, k] int64
  at::Tensor similarity;  ///< [n, k] float32, -1 to 1
};

/// A part of the map with a name.
struct AtlasRegion {
  std::int64_t depth = 0;  ///< 0: shown from far; each deeper one from twice as near
  MapPlace place;
  std::int64_t count = 0;  ///< points in it
  std::string words;
};

/// Drawn under the points; it fades as the reader comes near.
struct AtlasLandscape {
  std::vector<double> shares;                      ///< of the points that the contours enclose, from 0 to 1
  std::vector<std::vector<ContourLine>> contours;  ///< the lines of each share
  std::vector<AtlasRegion> regions;
};

/// Everything the page shows about N pictures and M captions. M may be 0.
struct Atlas {
  JointMap map;
  std::vector<std::string> image_ids;         ///< [N]
  std::vector<std::string> captions;          ///< [M] any text, shown literally, never as markup
  std::vector<std::string> image_labels;      ///< [N] classes; empty: data without classes
  std::vector<std::string> caption_verdicts;  ///< [M] of an audit, "" for none; empty: no audit
  std::vector<std::int64_t> image_ranks;      ///< [N] rank of the best own caption among all captions, from 1
  std::vector<std::int64_t> caption_ranks;    ///< [M] rank of the own picture among all pictures, from 1
  at::Tensor own_similarity;                  ///< [M] float32: of caption and own picture
  AtlasNeighbours captions_of_image;          ///< [N, k] rows of captions; ignored without captions
  AtlasNeighbours images_of_image = {};       ///< [N, k] rows of other pictures; only without captions
  AtlasNeighbours images_of_caption;          ///< [M, k] rows of pictures
  AtlasThumbnails thumbnails;
  AtlasLandscape landscape = {};  ///< empty: neither contours nor regions
};

/// Writes the page. It needs no network and no other files. It can be used before its last sheet of
/// thumbnails is loaded.
///
/// Throws c10::ValueError as draw_joint_map does, or if counts, shapes or rows do not fit, or a
/// place of the landscape is not finite;
/// FileError if `out` does not end in .html or cannot be written.
void write_atlas_page(const std::filesystem::path& out, const Atlas& atlas);

}  // namespace tandem
