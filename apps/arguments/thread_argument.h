// How many threads a command may be asked for.
#pragma once

#include <CLI/CLI.hpp>

namespace tandem::apps {

/// Check of a number of threads: `least` to 256, or to four times the cores where those are more.
/// Thousands fail one by one for want of memory.
CLI::Range threads_range(int least = 0);

}  // namespace tandem::apps
