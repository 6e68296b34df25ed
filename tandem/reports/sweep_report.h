// The result of a sweep as text and as JSON: configurations from best to worst on dev, then the
// baselines and the chosen configuration on test.
#pragma once

#include <iosfwd>

#include "tandem/evaluation/sweep_outcome.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Writes the tables.
void print_sweep(const SweepOutcome& outcome, std::ostream& out);

/// The same numbers; doc/file_formats.md lists every key.
Json sweep_json(const SweepOutcome& outcome);

}  // namespace tandem
