// The caption files of Flickr8k and Flickr30k that have one caption a row.
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

/// "name#k<TAB>caption". Rows that are something else are left out. Throws FileError if the file
/// cannot be read.
std::vector<FlickrRow> read_token_rows(const std::filesystem::path& file, PictureGathering& gathering);

/// CSV with the first row "image,caption". Throws FileError also if it has another first row or
/// parse_csv refuses it.
std::vector<FlickrRow> read_kaggle_rows(const std::filesystem::path& file, PictureGathering& gathering);

/// "name| k| caption" under a first row of names. Quotes mean nothing. Throws FileError as
/// read_kaggle_rows does.
std::vector<FlickrRow> read_bar_rows(const std::filesystem::path& file, PictureGathering& gathering);

}  // namespace tandem
