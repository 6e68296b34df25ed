// A progress line with rate and time left on standard error, nothing when that is not a terminal;
// and the place where work learns of SIGINT.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "apps/terminal/stop_signals.h"
#include "tandem/base/progress.h"

namespace tandem::apps {

/// Draws while it lives; the last state stays on screen as a line of its own.
class ProgressBar {
 public:
  /// "encoding", "pictures" -> "encoding  [#####     ]  1,024 / 8,091 pictures  62/s  1:53 left"
  ProgressBar(std::string doing, std::string unit);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// The callback to hand to the library; the bar must outlive it. After a signal it throws
  /// Stopped.
  Progress callback();

  /// The same for work that asks stop_asked() itself: it only draws.
  Progress display();

  /// Empties the line, so that something else can be printed; the next update draws it again.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  void update(std::int64_t done, std::int64_t total);
  void draw(Clock::time_point now);

  std::optional<StopScope> scope_;  ///< until all is done, when nothing asks any more
  std::string doing_;
  std::string unit_;
  bool on_terminal_;
  Clock::time_point start_{};
  Clock::time_point drawn_{};
  std::int64_t done_at_start_ = 0;  ///< What an earlier run had finished tells nothing about the rate of this one.
  std::int64_t done_ = -1;
  std::int64_t total_ = 0;
};

}  // namespace tandem::apps
