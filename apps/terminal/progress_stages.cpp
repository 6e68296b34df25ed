#include "apps/terminal/progress_stages.h"

#include <iostream>

namespace tandem::apps {

ProgressBar& ProgressStages::next(const std::string& doing, const std::string& unit) {
  bar_.reset();  // Its line ends before the next one begins.
  bar_ = std::make_unique<ProgressBar>(doing, unit);
  return *bar_;
}

Stages ProgressStages::stages() {
  return [this](const std::string& doing, const std::string& unit) { return next(doing, unit).callback(); };
}

Stages ProgressStages::displays() {
  return [this](const std::string& doing, const std::string& unit) { return next(doing, unit).display(); };
}

Notice ProgressStages::notice() {
  return [this](const std::string& line) {
    clear();
    std::cerr << line << "\n";
  };
}

void ProgressStages::clear() {
  if (bar_) bar_->clear();
}

}  // namespace tandem::apps
