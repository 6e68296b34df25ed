// Files of ranked lists and their right answers, in the layouts of other programs.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/storage/staged_files.h"

namespace tandem {

/// trec          a run and qrels, for trec_eval, pytrec_eval, ranx, ir_measures
/// mteb          predictions and relevant documents as JSON, as MTEB 2 writes and reads them
/// eccv_caption  lists of COCO's ids as JSON, for eccv_caption's Metrics
enum class RankingsFormat { kTrec, kMteb, kEccvCaption };

/// "trec", "mteb", "eccv_caption".
std::optional<RankingsFormat> rankings_format_named(std::string_view name);

/// The list of one query.
struct RankedList {
  std::string query;
  std::vector<std::string> candidates;  ///< best first
  std::vector<float> scores;            ///< of the candidates, descending
  std::vector<std::string> right;       ///< all right answers, listed or not
};

/// The files of one direction under construction.
class RankingFiles {
 public:
  virtual ~RankingFiles() = default;
  virtual void add(const RankedList& list) = 0;
  /// After the last list. Throws FileError if the files cannot be written.
  virtual void finish() = 0;
};

struct RankingFilesOptions {
  std::string direction;  ///< "image_to_text" or "text_to_image"
  std::string tag;        ///< what ranked: the last column of a TREC run, MTEB's model name
  std::string split;      ///< the split in MTEB's predictions
};

/// Opens the files of one direction in `folder`, as files of `staged`, which commits them.
/// doc/evaluation.md lists names and forms.
std::unique_ptr<RankingFiles> open_ranking_files(RankingsFormat format, const std::filesystem::path& folder,
                                                 const RankingFilesOptions& options, StagedFiles& staged);

/// The id as one word of printable ASCII: every other byte, and "%", is percent-encoded (RFC 3986),
/// so that splitting a line at white space finds it whole.
std::string word_of_id(std::string_view id);

}  // namespace tandem
