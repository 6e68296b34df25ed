#include "apps/terminal/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <utility>

#include "tandem/base/number_text.h"
#include "tandem/base/stop.h"

namespace tandem::apps {

ProgressBar::ProgressBar(std::string doing, std::string unit)
    : scope_(std::in_place),
      doing_(std::move(doing)),
      unit_(std::move(unit)),
      on_terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (!on_terminal_ || done_ < 0) return;
  draw(Clock::now());
  std::cerr << std::endl;
}

Progress ProgressBar::callback() {
  return [this](std::int64_t done, std::int64_t total) {
    if (on_terminal_) update(done, total);
    if (stop_asked()) throw Stopped();
    if (done >= total) scope_.reset();
  };
}

Progress ProgressBar::display() {
  if (!on_terminal_) return {};
  return [this](std::int64_t done, std::int64_t total) { update(done, total); };
}

void ProgressBar::clear() {
  if (on_terminal_ && done_ >= 0) std::cerr << "\r\033[K" << std::flush;
}

void ProgressBar::update(std::int64_t done, std::int64_t total) {
  const Clock::time_point now = Clock::now();
  if (done_ < 0) {
    start_ = now;
    done_at_start_ = done;
  }
  done_ = done;
  total_ = total;
  if (now - drawn_ >= std::chrono::milliseconds(100)) draw(now);
}

void ProgressBar::draw(Clock::time_point now) {
  constexpr int kWidth = 24;
  drawn_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_ - done_at_start_) / seconds : 0;
  const auto filled = static_cast<int>(total_ > 0 ? kWidth * done_ / total_ : 0);
  std::string line = "\r" + doing_ + "  [" + std::string(filled, '#') + std::string(kWidth - filled, ' ') + "]  " +
                     with_thousands(done_) + " / " + with_thousands(total_) + " " + unit_;
  if (rate > 0) {
    line += "  " + (rate >= 10 ? with_thousands(std::llround(rate)) : decimal(rate, 1)) + "/s";
    line += done_ < total_ ? "  " + clock_text(static_cast<double>(total_ - done_) / rate) + " left"
                           : "  in " + clock_text(seconds);
  }
  std::cerr << line << "\033[K" << std::flush;
}

}  // namespace tandem::apps
