// What a sweep says: configurations from best to worst on dev, baselines, and the chosen one's
// numbers on test.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "tandem/evaluation/measured_models.h"
#include "tandem/sweep/standings.h"
#include "tandem/sweep/sweep_trials.h"

namespace tandem {

struct SweepReport {
  std::string data;
  std::int64_t dev_pictures = 0, dev_captions = 0, test_pictures = 0, test_captions = 0;
  std::vector<Contender> contenders;  ///< those that were trained
  std::vector<Contender> failed;
  std::vector<Standing> standings;       ///< of contenders
  std::vector<MeasuredModel> baselines;  ///< on test
  std::vector<MeasuredModel> chosen;     ///< on test, one a seed
  std::uint64_t best_seed = 0;           ///< whose run is in BEST
  std::string best;                      ///< folder of that run
};

void print_sweep(const SweepReport& report, std::ostream& out);

/// doc/file_formats.md has every key.
Json sweep_json(const SweepReport& report);

}  // namespace tandem
