#include "tandem/training/epoch_report_json.h"

namespace tandem {
namespace {

constexpr const char* kDevRecall = "dev_mean_recall";
constexpr const char* kOlderDevRecall = "dev_recall";  // in checkpoints of version 0.1

}  // namespace

Json to_json(const EpochReport& report) {
  return {{"epoch", report.epoch},
          {"loss", report.loss},
          {"logit_scale", report.logit_scale},
          {"learning_rate", report.learning_rate},
          {kDevRecall, report.dev_recall ? Json(*report.dev_recall) : Json()},
          {"seconds", report.seconds}};
}

EpochReport epoch_report_from_json(const Json& json, const std::filesystem::path& file) {
  const char* const recall = json.contains(kOlderDevRecall) ? kOlderDevRecall : kDevRecall;
  EpochReport report{.epoch = json_field<std::int64_t>(json, "epoch", file),
                     .loss = json_field<double>(json, "loss", file),
                     .logit_scale = json_field<double>(json, "logit_scale", file),
                     .learning_rate = json_field<double>(json, "learning_rate", file),
                     .seconds = json_field<double>(json, "seconds", file)};
  if (!json_field<Json>(json, recall, file).is_null()) report.dev_recall = json_field<double>(json, recall, file);
  return report;
}

}  // namespace tandem
