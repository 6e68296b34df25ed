#include "tandem/reports/training_history.h"

#include <limits>
#include <sstream>

#include "tandem/model/run_folder.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {

std::vector<EpochPoint> read_training_history(const std::filesystem::path& run_folder) {
  const std::filesystem::path file = run_folder / kMetricsName;
  std::istringstream lines(read_file(file));
  std::vector<EpochPoint> epochs;
  std::int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::filesystem::path place = file.string() + ":" + std::to_string(++number);
    if (line.empty()) continue;
    const Json json = parse_json(line, place);
    epochs.push_back(
        {.epoch = json_field<std::int64_t>(json, "epoch", place),
         .loss = json_field<double>(json, "loss", place),
         .logit_scale = json_field<double>(json, "logit_scale", place),
         .dev_recall = json_field_or(json, "dev_mean_recall", std::numeric_limits<double>::quiet_NaN(), place)});
    if (epochs.size() > 1 && epochs.back().epoch <= epochs[epochs.size() - 2].epoch) {
      throw FileError(place, "an epoch after " + std::to_string(epochs[epochs.size() - 2].epoch),
                      std::to_string(epochs.back().epoch));
    }
  }
  if (epochs.empty()) throw FileError(file, "a line for every epoch", "none");
  return epochs;
}

}  // namespace tandem
