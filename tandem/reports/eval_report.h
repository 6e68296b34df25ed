// What 'tandem eval' says: a table with its protocol, or JSON.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "tandem/evaluation/leaks.h"
#include "tandem/evaluation/retrieval_input.h"
#include "tandem/evaluation/slice_recalls.h"
#include "tandem/retrieval/retrieval_intervals.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct EvalReport {
  std::string protocol;  ///< its name
  std::vector<std::int64_t> ks;
  BootstrapOptions bootstrap;
  RetrievalResult result;
  std::vector<MetricInterval> intervals;      ///< empty without samples
  std::string against;                        ///< what it is compared with
  std::vector<MetricDifference> differences;  ///< empty where there is no other
  std::optional<LeakReport> leaks;            ///< of a run
  std::string leaks_by;                       ///< "equal features" or "pictures"
  std::optional<SliceReport> slices;
};

void print_eval(const EvalInput& input, const EvalReport& report, std::ostream& out);

/// doc/file_formats.md has every key.
Json eval_json(const EvalInput& input, const EvalReport& report);

}  // namespace tandem
