// A file of COCO's captions: its lists "images" and "annotations".
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/data/picture_gathering.h"

namespace tandem {

struct CocoPicture {
  std::int64_t id = 0;
  std::string file_name;
};

struct CocoCaption {
  std::size_t picture = 0;  ///< its place in the file
  std::int64_t id = 0;
  std::string caption;
};

struct CocoCaptions {
  std::vector<CocoPicture> pictures;  ///< in the file's order
  std::vector<CocoCaption> captions;  ///< by picture, then by their own ids
  std::vector<std::size_t> begin;     ///< [pictures + 1] captions of picture i are begin[i] up to begin[i + 1]

  /// Adds the captions of a picture, which are moved. `file` is the name of the file, for the user.
  void add_to(CaptionedImage& image, std::size_t picture, const std::string& file, PictureGathering& gathering);
};

/// Reads the file without building its tree. Captions of pictures that it does not list are counted
/// as left out.
/// Throws FileError if the file is cut or not of this form, or lists a picture's id twice.
CocoCaptions read_coco_captions(const std::filesystem::path& file, PictureGathering& gathering);

}  // namespace tandem
