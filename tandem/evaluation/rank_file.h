// The ranks of all queries in a file, for later comparison and for other programs.
// doc/file_formats.md lists every field.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tandem/retrieval/protocol.h"

namespace tandem {

/// A caption as a query.
struct CaptionRank {
  std::int64_t rank = 0;                            ///< of its best right picture; from 1
  std::string text;                                 ///< empty if it is not known
  std::optional<double> precision = {}, ndcg = {};  ///< AP@R and nDCG@10; only if several pictures may be right
};

/// A picture as a query, and its captions.
struct PictureRanks {
  std::string id;
  std::int64_t rank = 0;            ///< of its best right caption; from 1
  double precision = 0;             ///< AP@R, from 0 to 1
  std::optional<double> ndcg = {};  ///< nDCG@10, from 0 to 1; files of earlier versions lack it
  std::vector<CaptionRank> captions;
};

/// One measurement: the protocol, the galleries and the ranks of all queries.
struct RankList {
  std::string title;
  std::string protocol;
  std::string right_answers = "pairs";  ///< name of the rule (answer_rule.h)
  std::int64_t galleries = 1, gallery_images = 0, gallery_captions = 0;
  std::vector<PictureRanks> pictures;
};

/// The ranks in `result` as a list.
///
///   ids       [N]  of the pictures
///   captions  [M]  texts of the captions, in the order of their embeddings; empty: not known
RankList rank_list(const RetrievalResult& result, const std::string& title, const std::string& protocol,
                   const std::vector<std::string>& ids, const std::vector<std::string>& captions);

/// Writes one line about the measurement, then one line per picture. An older file stays until the
/// new one is complete. Throws FileError if the file cannot be written.
void write_rank_list(const std::filesystem::path& file, const RankList& list);

/// Reads a file that write_rank_list wrote.
/// Throws FileError naming the line that has another form, or if lines are missing or were changed.
RankList read_rank_list(const std::filesystem::path& file);

/// The ranks of `other`, with its pictures and captions in the order of `ours`.
/// Throws FileError naming `other_name` unless protocol, rule, galleries, pictures and captions are
/// the same.
RetrievalResult matched(const RankList& ours, const RankList& other, const std::string& other_name);

}  // namespace tandem
