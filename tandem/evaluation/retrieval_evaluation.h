// Retrieval measured both ways, with all that belongs to the numbers: intervals, leaks, the paired
// comparison with another model, and slices.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/evaluation/leaks.h"
#include "tandem/evaluation/rank_file.h"
#include "tandem/evaluation/retrieval_input.h"
#include "tandem/evaluation/slice_recalls.h"
#include "tandem/retrieval/retrieval_intervals.h"

namespace tandem {

struct EvaluationOptions {
  std::string protocol = "all";  ///< its name, as protocol_named takes it
  std::vector<std::int64_t> ks;  ///< recall at these; empty: at those of 1, 5 and 10 that fit the gallery
  BootstrapOptions bootstrap;    ///< no samples: no intervals and nothing to compare with
  std::string against;           ///< folder of another model, or a file by write_rank_list; empty: none
  std::string against_features;  ///< of the other model; empty: those of its training
  bool slices = false;
  std::string slice_words;  ///< file with kinds of words for the slices; empty: the program's own
  bool strict = false;      ///< compare what pictures show, and refuse a model that has seen a measured one
};

struct RetrievalEvaluation {
  std::string protocol;  ///< its name
  std::vector<std::int64_t> ks;
  BootstrapOptions bootstrap;
  RetrievalResult result;
  RankList ranks;                             ///< of every query
  std::vector<MetricInterval> intervals;      ///< empty without samples
  std::string against;                        ///< what it is compared with
  std::vector<MetricDifference> differences;  ///< empty where there is no other
  std::optional<LeakReport> leaks;            ///< of a run
  std::string leaks_by;                       ///< "equal features" or "what pictures show"
  std::optional<SliceReport> slices;
};

/// Measures the input. Stages: looking at pictures if that is asked for, and ranking. `notice` takes
/// what kept_survey reports.
/// Throws FileError if `strict` finds a leak or cannot look for one, as read_rank_list, matched and
/// read_run_input do for what it is compared with, and as slice_recalls; c10::ValueError if a k is
/// larger than the gallery, if there is something to compare with and no samples, and as
/// measure_retrieval.
RetrievalEvaluation evaluate_retrieval(const RetrievalInput& input, const EvaluationOptions& options,
                                       const Stages& stages = {}, const Notice& notice = {});

}  // namespace tandem
