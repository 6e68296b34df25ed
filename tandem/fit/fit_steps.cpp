#include "tandem/fit/fit_steps.h"

namespace tandem {

void FitSteps::next(const std::string& doing) {
  if (stop_asked()) throw Stopped();
  ++number_;
  say(numbered(doing));
}

void FitSteps::say(const std::string& line) const {
  if (watch_.notice) watch_.notice(line);
}

Stages FitSteps::stages() const {
  return [this](const std::string& doing, const std::string& unit) -> Progress {
    const Progress shown = begin_stage(watch_.stages, numbered(doing), unit);
    return [this, shown](std::int64_t done, std::int64_t total) {
      if (shown) shown(done, total);
      if (stop_asked()) throw Stopped();
    };
  };
}

Stages FitSteps::displays() const {
  if (!watch_.stages) return {};
  return [this](const std::string& doing, const std::string& unit) { return watch_.stages(numbered(doing), unit); };
}

std::string FitSteps::numbered(const std::string& doing) const {
  return std::to_string(number_) + (count_ > 0 ? "/" + std::to_string(count_) : "") + " " + doing;
}

}  // namespace tandem
