// The caption files of Flickr8k and Flickr30k that have one caption per row.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/data/picture_gathering.h"

namespace tandem {

struct FlickrRow {
  std::int64_t line = 0;
  std::string picture;
  std::string caption;
};

/// Reads "name#k<TAB>caption". Other rows are left out. Throws FileError if the file cannot be
/// read.
std::vector<FlickrRow> read_token_rows(const std::filesystem::path& file, PictureGathering& gathering);

/// Reads CSV whose first row is "image,caption". Throws FileError also if the first row is another
/// or parse_csv rejects the file.
std::vector<FlickrRow> read_kaggle_rows(const std::filesystem::path& file, PictureGathering& gathering);

/// Reads "name| k| caption" below a first row of names. Quotes have no special meaning. Throws
/// FileError as read_kaggle_rows does.
std::vector<FlickrRow> read_bar_rows(const std::filesystem::path& file, PictureGathering& gathering);

}  // namespace tandem
