#include "tandem/model/training_logs.h"

#include <chrono>

#include "tandem/base/errors.h"
#include "tandem/model/run_folder.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/training/epoch_report_json.h"

namespace tandem {
namespace {

std::string metrics_line(const EpochReport& report) { return to_json(report).dump() + "\n"; }

double wall_time_seconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

void add_recalls(std::vector<EventScalar>& scalars, const std::string& way, const RetrievalSummary& summary) {
  scalars.push_back({"dev/" + way + "/recall_at_1", static_cast<float>(summary.r1)});
  scalars.push_back({"dev/" + way + "/recall_at_5", static_cast<float>(summary.r5)});
  scalars.push_back({"dev/" + way + "/recall_at_10", static_cast<float>(summary.r10)});
}

}  // namespace

TrainingLogs::TrainingLogs(const std::filesystem::path& run, bool tensorboard, const std::vector<EpochReport>& earlier,
                           std::int64_t steps_done)
    : metrics_path_(run / kMetricsName), step_(steps_done) {
  std::string lines;
  for (const EpochReport& report : earlier) lines += metrics_line(report);
  write_file(metrics_path_, lines);
  metrics_.open(metrics_path_, std::ios::app);
  if (!metrics_) throw FileError(metrics_path_, "a file that can be written", "one that cannot");
  if (tensorboard) events_.emplace(run / "tensorboard", wall_time_seconds(), steps_done);
}

void TrainingLogs::step(const StepReport& report) {
  step_ = report.step;
  if (!events_) return;
  events_->add(wall_time_seconds(), report.step,
               {{"loss/batch", static_cast<float>(report.loss)},
                {"logit_scale", static_cast<float>(report.logit_scale)},
                {"learning_rate", static_cast<float>(report.learning_rate)}});
}

void TrainingLogs::epoch(const EpochReport& report, const std::optional<DevRecalls>& dev) {
  metrics_ << metrics_line(report) << std::flush;
  if (!metrics_)
    throw FileError(metrics_path_, "room for another line", "a full disk or a file that cannot be written");
  if (!events_) return;
  std::vector<EventScalar> scalars = {{"loss/epoch", static_cast<float>(report.loss)}};
  if (report.dev_recall) scalars.push_back({"dev/mean_recall", static_cast<float>(*report.dev_recall)});
  if (dev) add_recalls(scalars, "image_to_text", dev->image_to_text);
  if (dev) add_recalls(scalars, "text_to_image", dev->text_to_image);
  events_->add(wall_time_seconds(), step_, scalars);
}

}  // namespace tandem
