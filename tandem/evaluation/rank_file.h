// Ranks query by query, as a file: kept for later comparison, read by other programs.
// doc/file_formats.md has every field.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/retrieval/protocol.h"

namespace tandem {

struct CaptionRank {
  std::int64_t rank = 0;
  std::string text;  ///< empty where it is not known
};

struct PictureRanks {
  std::string id;
  std::int64_t rank = 0;
  double precision = 0;  ///< AP@R
  std::vector<CaptionRank> captions;
};

/// One measurement: what was asked and every answer.
struct RankList {
  std::string title;
  std::string protocol;
  std::int64_t galleries = 1, gallery_images = 0, gallery_captions = 0;
  std::vector<PictureRanks> pictures;
};

///   ids       [N] of the pictures
///   captions  [M] the rows of text, or empty
RankList rank_list(const RetrievalResult& result, const std::string& title, const std::string& protocol,
                   const std::vector<std::string>& ids, const std::vector<std::string>& captions);

/// A line about the measurement, then a line a picture. Whole or not at all.
void write_rank_list(const std::filesystem::path& file, const RankList& list);

/// Throws FileError naming the line that is not as write_rank_list has it, or if lines are missing
/// or were changed.
RankList read_rank_list(const std::filesystem::path& file);

/// The other measurement with its pictures and captions in the order of ours.
/// Throws FileError naming `other_name` unless protocol, galleries, pictures and captions are the
/// same.
RetrievalResult matched(const RankList& ours, const RankList& other, const std::string& other_name);

}  // namespace tandem
