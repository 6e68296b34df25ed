#include "tandem/model/train_run.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/model/run_folder.h"
#include "tandem/model/run_of_training.h"
#include "tandem/model/training_logs.h"
#include "tandem/retrieval/recall.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

void check_same_features(const RunTraining& training) {
  const FeatureStore& store = training.data.store;
  const TrainOrigin& origin = training.origin;
  const std::string run = "the run in " + training.out.string() + " was begun with";
  if (origin.features_plan != store.manifest().plan) {
    throw FileError(store.folder(), "the features that " + run + ", plan " + origin.features_plan,
                    "plan " + store.manifest().plan);
  }
  if (origin.pairs != pairs_fingerprint(training.data))
    throw FileError(store.folder(), "the train and dev pictures that " + run, "others");
}

/// Leaves what was measured in `recalls`. One of several processes measures for all, so that all
/// keep the same epoch.
DevQuality dev_quality(const TrainData& data, const Peers& peers, std::optional<DevRecalls>& recalls) {
  if (!data.dev) return {};
  return [&dev = *data.dev, &peers, &recalls](const ProjectionHead& image, const ProjectionHead& text) {
    double quality = 0;
    if (peers.rank == 0) {
      const RetrievalRanks ranks =
          retrieval_ranks(embed_all(image, dev.image), embed_all(text, dev.text), dev.image_of_text);
      recalls = DevRecalls{.image_to_text = summarise_ranks(ranks.image_to_text),
                           .text_to_image = summarise_ranks(ranks.text_to_image)};
      quality = mean_recall(ranks);
    }
    return peers.of_first ? peers.of_first(quality) : quality;
  };
}

TrainedHeads train_with(RunTraining& training, const DevQuality& quality, const TrainHooks& hooks) {
  const PairedFeatures& pairs = training.data.train;
  if (training.state) return train_from(*std::move(training.state), pairs, training.options, quality, hooks);
  return train_heads(pairs, training.options, quality, hooks);
}

TrainedHeads train_silently(RunTraining& training, const Peers& peers, const TrainRunWatch& watch) {
  std::optional<DevRecalls> recalls;
  TrainHooks hooks;
  hooks.peers = peers;
  if (watch.stop) hooks.stop = [&](const TrainingState&) { return watch.stop(); };
  return train_with(training, dev_quality(training.data, peers, recalls), hooks);
}

TrainedHeads train_with_logs(RunTraining& training, const Path& place, const TrainRunOptions& options,
                             const TrainRunWatch& watch) {
  const std::vector<EpochReport> earlier = training.state ? training.state->epochs : std::vector<EpochReport>();
  const std::int64_t pairs = training.data.train.text.size(0);
  const std::int64_t batches = pairs / std::min(training.options.batch_size, pairs);
  const std::int64_t steps_done = training.state ? training.state->steps_done(batches) : 0;
  TrainingLogs logs(place, json_field<bool>(training.origin.view, "tensorboard", place / kCheckpointName), earlier,
                    steps_done);
  CheckpointKeeper keeper(place, training.options, training.origin, options.checkpoints);
  std::optional<DevRecalls> recalls;
  TrainHooks hooks;
  hooks.peers = options.peers;
  hooks.on_step = [&](const StepReport& report) {
    logs.step(report);
    if (watch.on_step) watch.on_step(report);
  };
  hooks.on_epoch = [&](const EpochReport& report) {
    logs.epoch(report, recalls);
    if (watch.on_epoch) watch.on_epoch(report);
  };
  hooks.on_state = [&](const TrainingState& state) { keeper.offer(state); };
  hooks.stop = [&](const TrainingState& state) {
    const bool stops = watch.stop && watch.stop();
    if (stops) keeper.keep(state);
    return stops;
  };
  return train_with(training, dev_quality(training.data, options.peers, recalls), hooks);
}

/// The folder in which the run is written: `out`, or one beside it if it replaces a run there.
Path settle_place(RunTraining& training, bool overwrite) {
  if (!training.lock) training.lock = std::make_unique<RunPlace>(training.out);
  if (!training.begun.empty()) return training.lock->go_on(training.begun);
  if (!overwrite) training.lock->refuse_other_run();
  training.lock->refuse_inside(training.data.store.folder());
  return training.lock->begin_training();
}

std::vector<EncoderRecord> place_encoders(const RunTraining& training, const Path& place, const std::string& side,
                                          const std::vector<EncoderRecord>& records) {
  if (training.state) return carried_encoders(side, records);
  return carry_encoders(place, side, records);
}

}  // namespace

RunTraining new_training(const NewRunOptions& options) {
  TrainData data = open_train_data(options.features, options.no_dev);
  TrainOptions settled_options = settled(options.training, data);
  TrainOrigin origin{.features_folder = std::filesystem::absolute(options.features).lexically_normal(),
                     .features_plan = data.store.manifest().plan,
                     .pairs = pairs_fingerprint(data),
                     .threads = at::get_num_threads(),
                     .view = {{"no_dev", options.no_dev}, {"tensorboard", options.tensorboard}}};
  return {
      .out = options.out, .data = std::move(data), .options = std::move(settled_options), .origin = std::move(origin)};
}

InterruptedTraining find_interrupted_training(const Path& out, bool writes) {
  if (!std::filesystem::is_directory(out) && unfinished_training(out) == out)
    throw FileError(out, "the folder of a training that was interrupted", "nothing of that name");
  InterruptedTraining found{.out = out};
  if (writes) found.lock = std::make_unique<RunPlace>(out);
  found.begun = unfinished_training(out);
  if (std::filesystem::exists(found.begun / kRunName) && found.begun == out)
    throw FileError(out, "a training that was interrupted", "a finished run, with nothing left to do");
  found.device = checkpoint_device(found.begun);
  return found;
}

RunTraining continued_training(InterruptedTraining found, c10::Device device, const Path& features) {
  Checkpoint checkpoint = read_checkpoint(found.begun, device);
  if (!features.empty()) checkpoint.origin.features_folder = std::filesystem::absolute(features).lexically_normal();
  const bool no_dev = json_field<bool>(checkpoint.origin.view, "no_dev", found.begun / kCheckpointName);
  RunTraining training{.out = found.out,
                       .data = open_train_data(checkpoint.origin.features_folder, no_dev),
                       .options = std::move(checkpoint.options),
                       .origin = std::move(checkpoint.origin),
                       .state = std::move(checkpoint.state),
                       .begun = found.begun,
                       .lock = std::move(found.lock)};
  check_same_features(training);
  return training;
}

TrainedHeads train_run(RunTraining& training, const TrainRunOptions& options, const TrainRunWatch& watch) {
  if (options.peers.rank != 0) return train_silently(training, options.peers, watch);
  const Path place = settle_place(training, options.overwrite);
  const FeatureManifest& manifest = training.data.store.manifest();
  const auto image_encoders = place_encoders(training, place, "image", manifest.image_encoders);
  const auto text_encoders = place_encoders(training, place, "text", manifest.text_encoders);
  const UnscaledColumns unscaled = unscaled_columns(training.data, training.options);
  if (watch.on_begin) watch.on_begin(unscaled);
  TrainedHeads trained = train_with_logs(training, place, options, watch);
  if (watch.on_trained) watch.on_trained(trained, place);
  write_run(place, run_of(trained, training.options, unscaled, manifest, training.origin.features_folder,
                          image_encoders, text_encoders));
  training.lock->finish();
  return trained;
}

}  // namespace tandem
