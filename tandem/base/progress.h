// How long work tells its caller how far it is. The library never prints; the caller draws the bar.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace tandem {

/// Called with the items done so far and the items in all, from one thread at a time. Empty: nobody
/// is watching. What it throws ends the work and comes out of it; what is kept then is what a kill
/// at that moment would leave.
using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

/// Begins a stage of work that has several: what is done ("encoding") and what is counted
/// ("pictures"). Returns the stage's progress; the stage before it is over. Empty: nobody is
/// watching.
using Stages = std::function<Progress(const std::string& doing, const std::string& unit)>;

/// The progress of a new stage; empty if nobody is watching.
inline Progress begin_stage(const Stages& stages, const std::string& doing, const std::string& unit) {
  return stages ? stages(doing, unit) : Progress();
}

/// Takes one line, without its end, that a person should read while the work goes on. Empty: nobody
/// reads.
using Notice = std::function<void(const std::string& line)>;

}  // namespace tandem
