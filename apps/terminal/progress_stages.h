// Progress bars of work that has several stages, one after the other.
#pragma once

#include <memory>

#include "apps/terminal/progress_bar.h"
#include "tandem/base/progress.h"

namespace tandem::apps {

/// Draws the stage that was begun last, until the next one or its own end.
class ProgressStages {
 public:
  /// The callbacks to hand to the library; this object must outlive them. A stage's progress throws
  /// Stopped after a signal.
  Stages stages();
  /// The same for work that asks stop_asked() itself: its stages only draw.
  Stages displays();
  /// Prints a line on standard error, above the bar.
  Notice notice();
  /// Empties the bar's line, so that something else can be printed; the next update draws it again.
  void clear();

 private:
  ProgressBar& next(const std::string& doing, const std::string& unit);

  std::unique_ptr<ProgressBar> bar_;
};

}  // namespace tandem::apps
