// The steps of a fit, numbered for who watches: "3/7 training".
#pragma once

#include <string>

#include "tandem/base/progress.h"
#include "tandem/base/stop.h"

namespace tandem {

/// Callbacks that watch a fit and may stop it; each may be empty. They need not throw.
struct FitWatch {
  Stages stages;  ///< a stage's name begins with the number of its step: "3/7 training"
  Notice notice;
  StopAsked stop;  ///< called after every item of work; true: what is finished stays, and Stopped is thrown
};

class FitSteps {
 public:
  explicit FitSteps(const FitWatch& watch) : watch_(watch) {}
  FitSteps(const FitSteps&) = delete;
  FitSteps& operator=(const FitSteps&) = delete;

  /// Sets the number of all steps; 0: it is not known yet.
  void count(int steps) { count_ = steps; }
  int count() const { return count_; }
  /// The next step is the one after this many.
  void skip_to(int step) { number_ = step; }
  /// Begins the next step, which does this: "training heads". Throws Stopped if a stop is asked for.
  void next(const std::string& doing);
  /// Adds a line to the step.
  void say(const std::string& line) const;

  /// The stages of the step, which throw Stopped when a stop is asked for.
  Stages stages() const;
  /// The same for work that asks for a stop itself.
  Stages displays() const;
  bool stop_asked() const { return watch_.stop && watch_.stop(); }
  const StopAsked& stop() const { return watch_.stop; }
  const Notice& notice() const { return watch_.notice; }

 private:
  std::string numbered(const std::string& doing) const;

  const FitWatch& watch_;
  int count_ = 0;
  int number_ = 0;
};

}  // namespace tandem
