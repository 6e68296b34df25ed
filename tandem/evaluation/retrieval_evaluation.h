// Measures retrieval in both directions. Also computes confidence intervals, leaks, a paired
// comparison with another model, and recall of slices.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/evaluation/answer_rule.h"
#include "tandem/evaluation/leaks.h"
#include "tandem/evaluation/rank_file.h"
#include "tandem/evaluation/retrieval_input.h"
#include "tandem/evaluation/slice_recalls.h"
#include "tandem/retrieval/retrieval_intervals.h"

namespace tandem {

struct EvaluationOptions {
  std::string protocol = "all";        ///< "all", "coco-5k" or "coco-1k", for protocol_named
  std::string right_answers = "auto";  ///< "auto", "pairs" or "captions", for answer_rule
  std::vector<std::int64_t> ks;        ///< the k of recall@k; empty: those of 1, 5 and 10 that fit the gallery
  BootstrapOptions bootstrap;          ///< samples 0: no intervals; then `against` must be empty
  std::string against;                 ///< folder of another run, or a file by write_rank_list; empty: no comparison
  std::string against_features;        ///< features for the other run; empty: those it was trained on
  bool slices = false;                 ///< measure slices too
  std::string slice_words;             ///< file with word lists for the slices; empty: the built-in ones
  bool strict = false;  ///< compare what pictures show, and throw if a measured picture is in train or dev
};

struct RetrievalEvaluation {
  std::string protocol;  ///< name of the protocol
  AnswerRule rule;       ///< which answers count as right in all that follows
  std::vector<std::int64_t> ks;
  BootstrapOptions bootstrap;
  RetrievalResult result;
  std::optional<RetrievalResult> by_pairs;    ///< the same with the pairs alone right; nullopt if `result` is that
  RankList ranks;                             ///< of every query
  std::vector<MetricInterval> intervals;      ///< empty if there are no bootstrap samples
  std::string against;                        ///< what `result` is compared with; empty: nothing
  std::vector<MetricDifference> differences;  ///< empty if there is nothing to compare with
  std::optional<LeakReport> leaks;            ///< nullopt unless a run is measured
  std::string leaks_by;                       ///< how leaks were searched: "equal features" or "what pictures show"
  std::optional<SliceReport> slices;          ///< nullopt unless asked for
};

/// Measures the input. Stages: looking at pictures (only with `strict` or `slices`) and ranking.
/// `notice` gets the notices of kept_survey.
/// Throws FileError if `strict` finds a leak or cannot search for one; as read_rank_list, matched
/// and read_run_input do for the other model; and as slice_recalls does. Throws c10::ValueError if
/// a k is larger than the gallery, if `against` is given without bootstrap samples, and as
/// answer_rule and measure_retrieval do.
RetrievalEvaluation evaluate_retrieval(const RetrievalInput& input, const EvaluationOptions& options,
                                       const Stages& stages = {}, const Notice& notice = {});

}  // namespace tandem
