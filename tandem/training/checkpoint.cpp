#include "tandem/training/checkpoint.h"

#include <c10/util/Exception.h>

#include "tandem/base/errors.h"
#include "tandem/storage/inner_name.h"
#include "tandem/storage/path_text.h"
#include "tandem/storage/safetensors.h"
#include "tandem/training/epoch_report_json.h"
#include "tandem/training/head_tensors.h"
#include "tandem/training/train_options_json.h"

namespace tandem {
namespace {

constexpr const char* kCheckpointFormat = "tandem checkpoint";
constexpr const char* kCheckpointVersion = "1";

Json progress_to_json(const TrainingState& state) {
  Json epochs = Json::array();
  for (const EpochReport& report : state.epochs) epochs.push_back(to_json(report));
  return {{"epoch", state.epoch},
          {"batch", state.batch},
          {"loss_sum", state.loss_sum},
          {"learning_rate", state.learning_rate},
          {"seconds", state.seconds},
          {"epochs", epochs},
          {"best", state.best ? Json{{"epoch", *state.best_epoch}, {"logit_scale", state.best->logit_scale}} : Json()}};
}

NamedTensors state_tensors(const TrainingState& state) {
  NamedTensors all;
  add_head(all, "image.", state.image);
  add_head(all, "text.", state.text);
  all.emplace_back("log_scale", state.log_scale);
  if (state.bias.defined()) all.emplace_back("bias", state.bias);
  for (const auto& [name, tensor] : state.optimizer.memory()) all.emplace_back("optimizer." + name, tensor);
  if (state.average_image) add_head(all, "average.image.", *state.average_image);
  if (state.average_text) add_head(all, "average.text.", *state.average_text);
  if (state.best) add_head(all, "best.image.", state.best->image);
  if (state.best) add_head(all, "best.text.", state.best->text);
  for (auto& [name, tensor] : all) tensor = tensor.cpu();
  return all;
}

/// Copies the file's tensor over `into`.
void restore(const SafetensorsFile& file, const std::string& name, at::Tensor into) {
  const at::Tensor stored = file.tensor(name, into.sizes());
  if (stored.scalar_type() != into.scalar_type())
    throw FileError(file.path(), "a tensor \"" + name + "\" of " + c10::toString(into.scalar_type()),
                    c10::toString(stored.scalar_type()));
  into.detach().copy_(stored);
}

TrainingState read_state(const SafetensorsFile& file, const TrainOptions& options, const Json& progress) {
  const auto& path = file.path();
  const auto head = [&](const char* prefix, const HeadOptions& head_options) {
    return read_head(file, prefix, head_options).on(options.device);
  };
  TrainingState state = state_around(head("image.", options.image_head).trainable_copy(),
                                     head("text.", options.text_head).trainable_copy(), options);
  restore(file, "log_scale", state.log_scale);
  if (state.bias.defined()) restore(file, "bias", state.bias);
  for (const auto& [name, tensor] : state.optimizer.memory()) restore(file, "optimizer." + name, tensor);
  if (state.average_image) state.average_image = head("average.image.", options.image_head);
  if (state.average_text) state.average_text = head("average.text.", options.text_head);
  state.epoch = json_field<std::int64_t>(progress, "epoch", path);
  state.batch = json_field<std::int64_t>(progress, "batch", path);
  state.loss_sum = json_field<double>(progress, "loss_sum", path);
  state.learning_rate = json_field<double>(progress, "learning_rate", path);
  state.seconds = json_field<double>(progress, "seconds", path);
  for (const Json& report : json_field<Json>(progress, "epochs", path))
    state.epochs.push_back(epoch_report_from_json(report, path));
  if (const Json best = json_field<Json>(progress, "best", path); !best.is_null()) {
    state.best = KeptHeads{.image = head("best.image.", options.image_head),
                           .text = head("best.text.", options.text_head),
                           .logit_scale = json_field<double>(best, "logit_scale", path)};
    state.best_epoch = json_field<std::int64_t>(best, "epoch", path);
  }
  const bool fits = state.epoch >= 1 && state.batch >= 0 &&
                    static_cast<std::int64_t>(state.epochs.size()) == state.epoch - 1 &&
                    (!state.best_epoch || (*state.best_epoch >= 1 && *state.best_epoch < state.epoch));
  if (!fits)
    throw FileError(path, "epochs that follow one another",
                    "epoch " + std::to_string(state.epoch) + " after " + std::to_string(state.epochs.size()));
  return state;
}

Json parse_metadata(const SafetensorsFile& file) {
  const auto& metadata = file.metadata();
  const auto value = [&](const char* key) { return metadata.count(key) != 0 ? metadata.at(key) : std::string("none"); };
  if (value("format") != kCheckpointFormat || value("version") != kCheckpointVersion) {
    throw FileError(file.path(), std::string(kCheckpointFormat) + ", version " + kCheckpointVersion,
                    value("format") + ", version " + value("version"));
  }
  return parse_json(value("training"), file.path().string() + " metadata \"training\"");
}

std::filesystem::path checkpoint_in(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / kCheckpointName)) return folder / kCheckpointName;
  throw FileError(folder, "a training that was interrupted",
                  std::filesystem::exists(folder) ? "no checkpoint.safetensors in it; without --resume it begins"
                                                  : "nothing of that name");
}

}  // namespace

void write_checkpoint(const std::filesystem::path& folder, const TrainOptions& options, const TrainOrigin& origin,
                      const TrainingState& state) {
  const Json training = {{"options", to_json(options)},
                         {"features", {{"folder", path_text(origin.features_folder)}, {"plan", origin.features_plan}}},
                         {"pairs", origin.pairs},
                         {"threads", origin.threads},
                         {"device", options.device.str()},
                         {"view", origin.view},
                         {"progress", progress_to_json(state)}};
  write_safetensors(folder / kCheckpointName, state_tensors(state),
                    {{"format", kCheckpointFormat}, {"version", kCheckpointVersion}, {"training", training.dump()}});
}

std::string checkpoint_device(const std::filesystem::path& folder) {
  const std::filesystem::path path = checkpoint_in(folder);
  return json_field_or<std::string>(parse_metadata(SafetensorsFile::open(path)), "device", "cpu", path);
}

Checkpoint read_checkpoint(const std::filesystem::path& folder, c10::Device device) {
  const std::filesystem::path path = checkpoint_in(folder);
  const SafetensorsFile file = SafetensorsFile::open_checked(path);
  const Json training = parse_metadata(file);
  const Json features = json_field<Json>(training, "features", path);
  TrainOptions options = train_options_from_json(json_field<Json>(training, "options", path), path);
  options.device = device;
  TrainOrigin origin{
      .features_folder = checked_place(json_field<std::string>(features, "folder", path), "features", path),
      .features_plan = json_field<std::string>(features, "plan", path),
      .pairs = json_field<std::string>(training, "pairs", path),
      .threads = json_field<int>(training, "threads", path),
      .view = json_field<Json>(training, "view", path)};
  return {.options = options,
          .origin = std::move(origin),
          .state = read_state(file, options, json_field<Json>(training, "progress", path))};
}

}  // namespace tandem
