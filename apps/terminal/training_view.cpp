#include "apps/terminal/training_view.h"

#include <unistd.h>

#include <cmath>
#include <iostream>

#include "apps/terminal/colour.h"
#include "apps/terminal/speech.h"
#include "tandem/base/number_text.h"

namespace tandem::apps {

TrainingView::TrainingView(bool quiet, std::int64_t epochs, std::int64_t pairs_per_epoch)
    : quiet_(quiet || is_quiet()),
      on_terminal_(::isatty(STDERR_FILENO) == 1 && !is_quiet()),
      epochs_(epochs),
      pairs_per_epoch_(pairs_per_epoch) {
  if (!quiet_) std::cout << bold("epoch      loss   scale  dev recall   pairs/s      time", STDOUT_FILENO) << std::endl;
}

TrainingView::~TrainingView() { clear(); }

void TrainingView::clear() const {
  if (on_terminal_ && first_step_ >= 0) std::cerr << "\r\033[K" << std::flush;
}

void TrainingView::row(const EpochReport& report) {
  last_ = report;
  if (report.dev_recall && (!best_.dev_recall || *report.dev_recall > *best_.dev_recall)) best_ = report;
  if (quiet_) return;
  const double rate = report.seconds > 0 ? static_cast<double>(pairs_per_epoch_) / report.seconds : 0;
  std::cout << right_aligned(std::to_string(report.epoch), 5) << right_aligned(decimal(report.loss, 4), 10)
            << right_aligned(decimal(report.logit_scale, 1), 8)
            << right_aligned(report.dev_recall ? decimal(*report.dev_recall, 2) : "-", 12)
            << right_aligned(with_thousands(std::llround(rate)), 10)
            << right_aligned(decimal(report.seconds, 1) + " s", 10) << std::endl;
}

void TrainingView::earlier(const std::vector<EpochReport>& epochs) {
  for (const EpochReport& report : epochs) row(report);
}

void TrainingView::epoch(const EpochReport& report) {
  clear();
  row(report);
}

std::string TrainingView::line(const StepReport& report, double seconds_here, std::size_t columns) const {
  constexpr int kWidth = 16;
  const auto filled = static_cast<int>(report.steps > 0 ? kWidth * report.step / report.steps : 0);
  const std::string scale = "scale " + decimal(report.logit_scale, 1);
  const std::string temperature = " (temperature " + decimal(1 / report.logit_scale, 3) + ")";
  std::vector<LinePart> parts = {{"epoch " + std::to_string(report.epoch) + "/" + std::to_string(epochs_)},
                                 {"[" + std::string(filled, '#') + std::string(kWidth - filled, ' ') + "]", 4},
                                 {"loss " + decimal(report.loss, 4), 1},
                                 {scale + temperature, 6}};
  if (last_.dev_recall) {
    const std::string best = ", best " + decimal(*best_.dev_recall, 2) + " in epoch " + std::to_string(best_.epoch);
    parts.push_back({"dev " + decimal(*last_.dev_recall, 2) + best, 3});
  }
  const std::int64_t steps_here = report.step - first_step_;
  if (steps_here > 0 && seconds_here > 0) {
    const double rate = static_cast<double>(steps_here) / seconds_here;
    parts.push_back({with_thousands(std::llround(rate * static_cast<double>(report.pairs))) + " pairs/s", 5});
    parts.push_back({clock_text(static_cast<double>(report.steps - report.step) / rate) + " left", 2});
  }
  return fitted_line(std::move(parts), columns);
}

void TrainingView::step(const StepReport& report) {
  if (!on_terminal_) return;
  const Clock::time_point now = Clock::now();
  if (first_step_ < 0) {
    first_step_ = report.step;
    start_ = now;
  }
  if (now - drawn_ < std::chrono::milliseconds(100)) return;
  drawn_ = now;
  std::cerr << "\r" << line(report, std::chrono::duration<double>(now - start_).count(), line_columns()) << "\033[K"
            << std::flush;
}

}  // namespace tandem::apps
