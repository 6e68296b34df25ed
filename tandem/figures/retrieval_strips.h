// Queries with what a model answers: a caption with its nearest pictures, a picture with its
// nearest captions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/figures/palette.h"
#include "tandem/images/rgb_image.h"

namespace tandem {

/// A picture where there are pixels; a tile with its name where there are none.
struct NamedPicture {
  std::string name;
  RgbImage image;  ///< no pixels: the picture could not be read
};

struct PictureAnswer {
  NamedPicture picture;
  double similarity = 0;
  bool is_true = false;  ///< the caption's own picture
};

/// A caption, the pictures nearest to it, nearest first, and its own picture, which is shown apart
/// where it is not among them.
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

/// One strip a query, both columns wide: the caption in up to four lines, its nearest pictures (at
/// most eight), true ones framed and ticked; a true one that is not among them stands at the end
/// with its rank. PNG, SVG or PDF by the ending of `out`.
///
/// Throws c10::ValueError if there are no queries, one has no answer or more than eight, numbers of
/// answers differ, or a picture's pixels do not fit its size; FileError if the ending is another or
/// the file cannot be written.
void draw_caption_queries(const std::filesystem::path& out, const std::vector<CaptionQuery>& queries,
                          const std::string& title, const std::string& note = "", const Theme& theme = kLightTheme);

/// The same the other way: captions in one line each, true ones ticked.
void draw_picture_queries(const std::filesystem::path& out, const std::vector<PictureQuery>& queries,
                          const std::string& title, const std::string& note = "", const Theme& theme = kLightTheme);

}  // namespace tandem
