// A progress line with rate and remaining time on standard error, if that is a terminal and --quiet
// is not given. Its callback is also where work is stopped by SIGINT or SIGTERM.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "apps/terminal/stop_signals.h"
#include "tandem/base/progress.h"

namespace tandem::apps {

/// Draws the line as long as it lives. The last state stays on the screen; with --verbose a line
/// with the time and the memory of this stage does, on a terminal or not.
class ProgressBar {
 public:
  /// "encoding", "pictures" -> "encoding  [#####     ]  1,024 / 8,091 pictures  62/s  1:53 left"
  ProgressBar(std::string doing, std::string unit);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// The callback to pass to the library; the bar must outlive it. After a signal it throws
  /// Stopped.
  Progress callback();

  /// The same for work that calls stop_asked() itself: the callback only draws.
  Progress display();

  /// Clears the line, so that other text can be printed. The next update draws it again.
  void clear();

  /// Words at the line's end from now on: "3 unreadable".
  void remark(const std::string& words);

  /// The line as it looks after `seconds`, at most `columns` wide.
  std::string line(double seconds, std::size_t columns) const;

 private:
  using Clock = std::chrono::steady_clock;

  void update(std::int64_t done, std::int64_t total);
  void draw(Clock::time_point now);
  bool draws() const { return on_terminal_ && done_ >= 0; }

  std::optional<StopScope> scope_;  ///< ends when all is done, because nothing checks for signals then
  std::string doing_;
  std::string unit_;
  std::string remark_;
  bool on_terminal_;  ///< and not quiet
  Clock::time_point start_{};
  Clock::time_point drawn_{};
  std::int64_t done_at_start_ = 0;  ///< not counted in the rate, because an earlier run did it
  std::int64_t done_ = -1;
  std::int64_t total_ = 0;
};

}  // namespace tandem::apps
