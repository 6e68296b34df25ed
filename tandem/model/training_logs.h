// What a training leaves behind of its course: metrics.jsonl and, if asked for, TensorBoard's
// event file.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "tandem/retrieval/recall.h"
#include "tandem/training/event_file.h"
#include "tandem/training/trainer.h"

namespace tandem {

/// Both ways on dev.
struct DevRecalls {
  RetrievalSummary image_to_text, text_to_image;
};

class TrainingLogs {
 public:
  /// Goes on after the epochs and steps of before an interruption, so that none is doubled or lost.
  TrainingLogs(const std::filesystem::path& run, bool tensorboard, const std::vector<EpochReport>& earlier,
               std::int64_t steps_done);

  void step(const StepReport& report);
  /// One line, there as soon as the epoch is over.
  void epoch(const EpochReport& report, const std::optional<DevRecalls>& dev);

 private:
  std::filesystem::path metrics_path_;
  std::ofstream metrics_;
  std::optional<EventFile> events_;
  std::int64_t step_ = 0;
};

}  // namespace tandem
