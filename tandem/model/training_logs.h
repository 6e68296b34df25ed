// The logs of a training: metrics.jsonl and, on request, an event file for TensorBoard.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "tandem/retrieval/recall.h"
#include "tandem/training/event_file.h"
#include "tandem/training/trainer.h"

namespace tandem {

/// Recall on dev in both directions.
struct DevRecalls {
  RetrievalSummary image_to_text, text_to_image;
};

/// Writes the logs while training runs.
class TrainingLogs {
 public:
  /// Opens the logs in the folder `run`. After an interruption the logs continue without lost or
  /// repeated entries.
  ///
  ///   tensorboard  also write an event file
  ///   earlier      the epochs before the interruption; they are written again
  ///   steps_done   the number of steps before the interruption
  ///
  /// Throws FileError if a log cannot be written.
  TrainingLogs(const std::filesystem::path& run, bool tensorboard, const std::vector<EpochReport>& earlier,
               std::int64_t steps_done);

  /// Adds one training step to the event file, if there is one.
  void step(const StepReport& report);
  /// Adds one epoch: one line in metrics.jsonl, flushed at once, and one entry in the event file.
  /// Throws FileError if the line cannot be written.
  void epoch(const EpochReport& report, const std::optional<DevRecalls>& dev);

 private:
  std::filesystem::path metrics_path_;
  std::ofstream metrics_;
  std::optional<EventFile> events_;
  std::int64_t step_ = 0;
};

}  // namespace tandem
