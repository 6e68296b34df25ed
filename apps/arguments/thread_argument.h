// The number of threads that a command accepts.
#pragma once

#include <CLI/CLI.hpp>

namespace tandem::apps {

/// The valid range for a number of threads: from `least` to 256 or four times the number of cores,
/// whichever is larger. There is a limit because thousands of threads run out of memory.
CLI::Range threads_range(int least = 0);

}  // namespace tandem::apps
