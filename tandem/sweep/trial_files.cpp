#include "tandem/sweep/trial_files.h"

#include "tandem/storage/atomic_file.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/replaced_folder.h"
#include "tandem/storage/safetensors.h"
#include "tandem/training/epoch_report_json.h"
#include "tandem/training/head_tensors.h"
#include "tandem/training/train_options_json.h"

namespace tandem {
namespace {

constexpr const char* kFormat = "tandem trial";
constexpr int kVersion = 1;

}  // namespace

std::string trial_name(const TrainOptions& options, const std::string& data) {
  return Checksum().add_field(to_json(options).dump()).add_field(data).text();
}

TrialFiles::TrialFiles(const std::filesystem::path& folder) : folder_(folder / "trials") {
  make_folder(folder_);
  sweep_temporaries(folder_, [](const std::filesystem::path& entry) {
    return entry.extension() == ".json" || entry.extension() == ".safetensors";
  });
}

std::filesystem::path TrialFiles::record(const std::string& name) const { return folder_ / (name + ".json"); }
std::filesystem::path TrialFiles::heads(const std::string& name) const { return folder_ / (name + ".safetensors"); }

void TrialFiles::write(const std::string& name, const Trial& trial, const ProjectionHead& image,
                       const ProjectionHead& text) const {
  NamedTensors tensors;
  add_head(tensors, "image.", image);
  add_head(tensors, "text.", text);
  write_safetensors(heads(name), tensors);
  write_record(name, trial);
}

void TrialFiles::write_failed(const std::string& name, const Trial& trial) const { write_record(name, trial); }

void TrialFiles::write_record(const std::string& name, const Trial& trial) const {
  Json epochs = Json::array();
  for (const EpochReport& report : trial.epochs) epochs.push_back(to_json(report));
  Json document = {
      {"format", kFormat},
      {"version", kVersion},
      {"options", to_json(trial.options)},
      {"dev_mean_recall", trial.dev_recall},
      {"best_epoch", trial.best_epoch},
      {"logit_scale", trial.logit_scale},
      {"epochs", std::move(epochs)},
      {"failure", trial.failure},
      {"dev_ranks",
       {{"image_to_text", trial.dev_ranks.image_to_text}, {"text_to_image", trial.dev_ranks.text_to_image}}}};
  write_checked_json(record(name), std::move(document));
}

std::optional<Trial> TrialFiles::read(const std::string& name) const {
  const std::filesystem::path file = record(name);
  if (!std::filesystem::exists(file)) return std::nullopt;
  const Json json = read_checked_json(file);
  const auto format = json_field<std::string>(json, "format", file);
  const auto version = json_field<int>(json, "version", file);
  if (format != kFormat || version != kVersion) {
    throw FileError(file, std::string(kFormat) + ", version " + std::to_string(kVersion),
                    format + ", version " + std::to_string(version));
  }
  const Json ranks = json_field<Json>(json, "dev_ranks", file);
  Trial trial{.options = train_options_from_json(json_field<Json>(json, "options", file), file),
              .dev_recall = json_field<double>(json, "dev_mean_recall", file),
              .best_epoch = json_field<std::int64_t>(json, "best_epoch", file),
              .logit_scale = json_field<double>(json, "logit_scale", file)};
  for (const Json& report : json_field<Json>(json, "epochs", file))
    trial.epochs.push_back(epoch_report_from_json(report, file));
  trial.failure = json_field<std::string>(json, "failure", file);
  trial.dev_ranks.image_to_text = json_field<std::vector<std::int64_t>>(ranks, "image_to_text", file);
  trial.dev_ranks.text_to_image = json_field<std::vector<std::int64_t>>(ranks, "text_to_image", file);
  return trial;
}

bool TrialFiles::has_heads(const std::string& name) const { return std::filesystem::exists(heads(name)); }

TrainedHeads TrialFiles::read_heads(const std::string& name, const Trial& trial) const {
  const SafetensorsFile file = SafetensorsFile::open_checked(heads(name));
  return {.image = read_head(file, "image.", trial.options.image_head),
          .text = read_head(file, "text.", trial.options.text_head),
          .logit_scale = trial.logit_scale,
          .best_epoch = trial.best_epoch,
          .epochs = trial.epochs};
}

void TrialFiles::remove_heads(const std::string& name) const { std::filesystem::remove(heads(name)); }

std::int64_t TrialFiles::count() const {
  std::int64_t found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    found += entry.path().extension() == ".json" ? 1 : 0;
  return found;
}

}  // namespace tandem
