// What a sweep says: configurations from best to worst on dev, baselines, and the chosen one's
// numbers on test.
#pragma once

#include <iosfwd>

#include "tandem/evaluation/sweep_outcome.h"
#include "tandem/storage/json_file.h"

namespace tandem {

void print_sweep(const SweepOutcome& outcome, std::ostream& out);

/// doc/file_formats.md has every key.
Json sweep_json(const SweepOutcome& outcome);

}  // namespace tandem
