#include "apps/terminal/progress_stages.h"

#include <iostream>

namespace tandem::apps {

void ProgressStages::begin(const std::string& doing, const std::string& unit) {
  bar_.reset();  // Its line ends before the next one begins.
  bar_ = std::make_unique<ProgressBar>(doing, unit);
}

Stages ProgressStages::stages() {
  return [this](const std::string& doing, const std::string& unit) {
    begin(doing, unit);
    return bar_->callback();
  };
}

Stages ProgressStages::drawing() {
  return [this](const std::string& doing, const std::string& unit) {
    begin(doing, unit);
    return bar_->display();
  };
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
