// Progress bars for work with several stages, one after the other.
#pragma once

#include <memory>

#include "apps/terminal/progress_bar.h"
#include "tandem/base/progress.h"

namespace tandem::apps {

/// Draws the stage that began last, until the next one begins or this object is destroyed.
class ProgressStages {
 public:
  /// The callbacks to pass to the library; this object must outlive them. The progress callback of
  /// a stage throws Stopped after a signal.
  Stages stages();
  /// The same for work that calls stop_asked() itself: the callbacks only draw.
  Stages displays();
  /// A callback that prints one line on standard error, above the bar.
  Notice notice();
  /// Empties the bar's line, so that something else can be printed; the next update draws it again.
  void clear();

 private:
  ProgressBar& next(const std::string& doing, const std::string& unit);

  std::unique_ptr<ProgressBar> bar_;
};

}  // namespace tandem::apps
