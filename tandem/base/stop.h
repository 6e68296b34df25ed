// How a caller asks long work to stop. The library knows no signals: apps/stop_signals.h turns them
// into an answer.
#pragma once

#include <exception>
#include <functional>

namespace tandem {

/// Asked between two pieces of work, perhaps by several threads at once. True: begin no other
/// piece, and keep what is finished. Empty: never.
using StopAsked = std::function<bool()>;

/// Thrown by work that was asked to stop, after it has kept what it keeps. A Progress may throw it
/// too.
class Stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "the work was asked to stop"; }
};

}  // namespace tandem
