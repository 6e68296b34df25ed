// Lines of a log: the time in UTC before each, every line in one write, so that lines of several
// processes do not mix.
#pragma once

#include <array>
#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>

namespace tandem::apps {

/// "2026-11-30T16:38:04Z" for a time between the years 0 and 9999, without a zero at the end.
/// Allocates nothing.
std::array<char, 20> utc_text(std::chrono::system_clock::time_point time);

/// Writes the time, a space, the parts (at most six) and a line's end by one call that is allowed
/// in a signal handler. Returns false if the file did not take all of it.
bool append_line(int file, std::initializer_list<std::string_view> parts);

/// Turns what is drawn on a terminal into lines: of text that was overwritten after a carriage
/// return only the last form stays, and control sequences are dropped.
class LineCollector {
 public:
  /// Takes the next character. Returns true if it ended a line that is not empty; line() is it.
  bool take(char c);
  /// The line so far.
  std::string line() const;
  /// Begins a new line.
  void clear();

 private:
  std::string text_;
  bool returned_ = false;  ///< the next character overwrites the line
};

}  // namespace tandem::apps
