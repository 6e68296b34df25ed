#include "apps/terminal/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <utility>

#include "apps/terminal/speech.h"
#include "apps/terminal/terminal_line.h"
#include "tandem/base/number_text.h"
#include "tandem/base/stop.h"

namespace tandem::apps {

ProgressBar::ProgressBar(std::string doing, std::string unit)
    : scope_(std::in_place),
      doing_(std::move(doing)),
      unit_(std::move(unit)),
      on_terminal_(::isatty(STDERR_FILENO) == 1 && !is_quiet()) {}

ProgressBar::~ProgressBar() {
  if (done_ < 0) return;
  const Clock::time_point now = Clock::now();
  if (is_verbose()) {
    clear();
    std::cerr << doing_ << ": " << with_thousands(done_) << " of " << with_thousands(total_) << " " << unit_ << " in "
              << decimal(std::chrono::duration<double>(now - start_).count(), 1) << " s"
              << (remark_.empty() ? "" : ", " + remark_) << "; peak memory " << peak_memory_text() << std::endl;
  } else if (on_terminal_) {
    draw(now);
    std::cerr << std::endl;
  }
}

Progress ProgressBar::callback() {
  return [this](std::int64_t done, std::int64_t total) {
    update(done, total);
    if (stop_asked()) throw Stopped();
    if (done >= total) scope_.reset();
  };
}

Progress ProgressBar::display() {
  if (!on_terminal_ && !is_verbose()) return {};
  return [this](std::int64_t done, std::int64_t total) { update(done, total); };
}

void ProgressBar::clear() {
  if (draws()) std::cerr << "\r\033[K" << std::flush;
}

void ProgressBar::remark(const std::string& words) { remark_ = words; }

void ProgressBar::update(std::int64_t done, std::int64_t total) {
  const Clock::time_point now = Clock::now();
  if (done_ < 0) {
    start_ = now;
    done_at_start_ = done;
  }
  done_ = done;
  total_ = total;
  if (draws() && now - drawn_ >= std::chrono::milliseconds(100)) draw(now);
}

std::string ProgressBar::line(double seconds, std::size_t columns) const {
  constexpr int kWidth = 24;
  const double rate = seconds > 0 ? static_cast<double>(done_ - done_at_start_) / seconds : 0;
  const auto filled = static_cast<int>(total_ > 0 ? std::clamp<std::int64_t>(kWidth * done_ / total_, 0, kWidth) : 0);
  std::vector<LinePart> parts = {{doing_},
                                 {"[" + std::string(filled, '#') + std::string(kWidth - filled, ' ') + "]", 3},
                                 {with_thousands(done_) + " / " + with_thousands(total_) + " " + unit_}};
  if (rate > 0) {
    parts.push_back({(rate >= 10 ? with_thousands(std::llround(rate)) : decimal(rate, 1)) + "/s", 4});
    parts.push_back({done_ < total_ ? clock_text(static_cast<double>(total_ - done_) / rate) + " left"
                                    : "in " + clock_text(seconds),
                     1});
  }
  if (!remark_.empty()) parts.push_back({remark_, 2});
  return fitted_line(std::move(parts), columns);
}

void ProgressBar::draw(Clock::time_point now) {
  drawn_ = now;
  std::cerr << "\r" << line(std::chrono::duration<double>(now - start_).count(), line_columns()) << "\033[K"
            << std::flush;
}

}  // namespace tandem::apps
