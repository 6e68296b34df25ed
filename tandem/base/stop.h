// How a caller asks long-running work to stop. The library handles no signals: apps/stop_signals.h
// turns them into a StopAsked.
#pragma once

#include <exception>
#include <functional>

namespace tandem {

/// Called between two pieces of work, perhaps by several threads at once. True: begin no further
/// piece and keep what is finished. Empty: the work is never asked to stop.
using StopAsked = std::function<bool()>;

/// Thrown by work that was asked to stop, after it has saved its results so far. A Progress may
/// throw it too.
class Stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "the work was asked to stop"; }
};

}  // namespace tandem
