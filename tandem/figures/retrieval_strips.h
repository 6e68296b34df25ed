// Queries with their results: a caption with its nearest pictures, or a picture with its nearest
// captions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/figures/palette.h"
#include "tandem/images/rgb_image.h"

namespace tandem {

/// A picture; drawn as a tile with its name if it has no pixels.
struct NamedPicture {
  std::string name;
  RgbImage image;  ///< no pixels: the picture could not be read
};

struct PictureAnswer {
  NamedPicture picture;
  double similarity = 0;
  bool is_true = false;  ///< the caption's own picture
};

/// A caption, the pictures nearest to it (nearest first), and its own picture, which is shown
/// separately if it is not among them.
struct CaptionQuery {
  std::string caption;
  std::vector<PictureAnswer> nearest;
  PictureAnswer own;
  std::int64_t own_rank = 0;  ///< from 1
};

struct CaptionAnswer {
  std::string caption;
  double similarity = 0;
  bool is_true = false;
};

/// A picture, the captions nearest to it, and its own best-placed caption.
struct PictureQuery {
  NamedPicture picture;
  std::vector<CaptionAnswer> nearest;
  CaptionAnswer own;
  std::int64_t own_rank = 0;
};

/// Draws one strip per query, both columns wide: the caption in up to four lines, then its nearest
/// pictures (at most eight), true ones framed and ticked. A true picture that is not among them is
/// at the end with its rank. Writes PNG, SVG or PDF, by the ending of `out`.
///
/// Throws c10::ValueError if there are no queries, a query has no result or more than eight,
/// numbers of results differ, or a picture's pixels do not fit its size; FileError if the ending is
/// another or the file cannot be written.
void draw_caption_queries(const std::filesystem::path& out, const std::vector<CaptionQuery>& queries,
                          const std::string& title, const std::string& note = "", const Theme& theme = kLightTheme);

/// The reverse: the picture, then captions in one line each, true ones ticked.
void draw_picture_queries(const std::filesystem::path& out, const std::vector<PictureQuery>& queries,
                          const std::string& title, const std::string& note = "", const Theme& theme = kLightTheme);

}  // namespace tandem
