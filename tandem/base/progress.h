// How long-running work reports its progress. The library never prints; the caller draws the bar.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace tandem {

/// Called with the number of items done and the total number, from one thread at a time. Empty: no
/// progress is reported. An exception that it throws ends the work and reaches the caller of the
/// work; what is kept then is what would remain if the process were killed at that moment.
using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

/// Begins one stage of work that has several stages. Arguments: what is done ("encoding") and what
/// is counted ("pictures"). Returns the progress of the new stage; the stage before it is over.
/// Empty: no progress is reported.
using Stages = std::function<Progress(const std::string& doing, const std::string& unit)>;

/// The progress of a new stage; empty if `stages` is empty.
inline Progress begin_stage(const Stages& stages, const std::string& doing, const std::string& unit) {
  return stages ? stages(doing, unit) : Progress();
}

/// Takes one line, without a line end, that a person should read while the work goes on. Empty: the
/// line is dropped.
using Notice = std::function<void(const std::string& line)>;

}  // namespace tandem
