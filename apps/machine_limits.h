// What this machine can hold, to be compared with what is asked for before any work.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>

#include "tandem/training/train_options.h"

namespace tandem::apps {

/// Check of a number of threads: `least` to 256, or to four times the cores where those are more.
/// Thousands fail one by one for want of memory.
CLI::Range threads_range(int least = 0);

/// Throws c10::ValueError if the heads' numbers alone (weights, gradients, the optimiser's two
/// moments, the best epoch's copy) need more memory than the machine has.
///
///   image_columns, text_columns  widths of the features
void check_memory(const TrainOptions& options, std::int64_t image_columns, std::int64_t text_columns);

}  // namespace tandem::apps
