#include <ATen/Parallel.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "apps/arguments/compute_arguments.h"
#include "apps/arguments/processes.h"
#include "apps/arguments/train_arguments.h"
#include "apps/commands/command.h"
#include "apps/terminal/stop_signals.h"
#include "apps/terminal/training_view.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/model/run_folder.h"
#include "tandem/model/run_of_training.h"
#include "tandem/model/run_place.h"
#include "tandem/model/training_logs.h"
#include "tandem/reports/training_curves_of_run.h"
#include "tandem/retrieval/recall.h"
#include "tandem/storage/json_text.h"
#include "tandem/training/checkpoint_keeper.h"
#include "tandem/training/train_data.h"
#include "tandem/training/trainer.h"

namespace tandem::apps {
namespace {

/// A training about to begin, or to go on.
struct Job {
  std::filesystem::path out;    ///< the run, as the user calls it
  std::filesystem::path place;  ///< where it is written: there, or beside a run that it is to replace
  TrainOptions options;
  TrainOrigin origin;
  std::optional<TrainingState> state;
};

/// --pooling and --queries mean nothing where the features have nothing to pool.
void refuse_idle_pooling(const TrainArguments& arguments, const TrainOptions& options) {
  const auto pools = [&](const HeadOptions& head, bool by_attention) {
    return by_attention ? head.pooling == ViewPooling::kAttention : head.pooling != ViewPooling::kConcatenate;
  };
  const auto either = [&](bool by_attention) {
    return pools(options.image_head, by_attention) || pools(options.text_head, by_attention);
  };
  if (arguments.pools && !either(false))
    throw FileError(arguments.features, "several views or tokens on one side at least, for --pooling to pool",
                    "one view on each");
  if (arguments.has_queries && !either(true))
    throw FileError(arguments.features, "--pooling attention or tokens, for --queries to mean something", "neither");
}

Job new_job(const TrainArguments& arguments, const TrainData& data) {
  return {.out = arguments.out,
          .place = arguments.out,
          .options = settled(arguments.options, data),
          .origin = {.features_folder = std::filesystem::absolute(arguments.features).lexically_normal(),
                     .features_plan = data.store.manifest().plan,
                     .pairs = pairs_fingerprint(data),
                     .threads = at::get_num_threads(),
                     .view = {{"no_dev", arguments.no_dev}, {"tensorboard", arguments.tensorboard}}},
          .state = std::nullopt};
}

void check_same_features(const Job& job, const TrainData& data) {
  if (job.origin.features_plan != data.store.manifest().plan) {
    throw FileError(
        data.store.folder(),
        "the features that the run in " + job.out.string() + " was begun with, plan " + job.origin.features_plan,
        "plan " + data.store.manifest().plan);
  }
  if (job.origin.pairs != pairs_fingerprint(data)) {
    throw FileError(data.store.folder(),
                    "the train and dev pictures that the run in " + job.out.string() + " was begun with", "others");
  }
}

void say_unscaled_columns(const UnscaledColumns& unscaled, const TrainData& data) {
  const auto say = [](std::int64_t count, const at::Tensor& features, const char* side) {
    if (count == 0) return;
    std::cerr << with_thousands(count) << " of " << with_thousands(features.size(1)) << " columns of the " << side
              << " hardly move beside the others of their view and are not scaled up\n";
  };
  say(unscaled.image, data.train.image, "pictures");
  say(unscaled.text, data.train.text, "captions");
}

void say_what_is_trained(const Job& job, const TrainData& data, const UnscaledColumns& unscaled,
                         const ProcessGroup* group) {
  const TrainOptions& options = job.options;
  const std::int64_t pairs = data.train.text.size(0);
  const std::string choice = data.dev
                                 ? "choosing the epoch on " + with_thousands(data.dev->image.size(0)) + " dev pictures"
                                 : "keeping the last epoch";
  if (job.state) std::cerr << "going on with epoch " << job.state->epoch << ": ";
  std::cerr << "training on " << with_thousands(data.train.image.size(0)) << " pictures with " << with_thousands(pairs)
            << " captions, " << choice << " by " << loss_name(options.loss.kind);
  if (group != nullptr) std::cerr << ", " << group->count() << " processes";
  if (options.shuffled) std::cerr << "; CONTROL: captions shuffled between pictures";
  std::cerr << "\n";
  say_unscaled_columns(unscaled, data);
  if (options.batch_size > pairs) {
    std::cerr << "a batch of " << with_thousands(options.batch_size) << " is more than there are: every batch is all "
              << with_thousands(pairs) << " pairs\n";
  }
}

/// Leaves what was measured in `recalls`. One of several processes measures for all, so that all
/// keep the same epoch.
DevQuality dev_quality(const TrainData& data, ProcessGroup* group, std::optional<DevRecalls>& recalls) {
  if (!data.dev) return {};
  return [&dev = *data.dev, group, &recalls](const ProjectionHead& image, const ProjectionHead& text) {
    double quality = 0;
    if (speaks(group)) {
      const RetrievalRanks ranks =
          retrieval_ranks(embed_all(image, dev.image), embed_all(text, dev.text), dev.image_of_text);
      recalls = DevRecalls{.image_to_text = summarise_ranks(ranks.image_to_text),
                           .text_to_image = summarise_ranks(ranks.text_to_image)};
      quality = mean_recall(ranks);
    }
    return group == nullptr ? quality : group->of_first(quality);
  };
}

TrainedHeads train_with(Job& job, const TrainData& data, const DevQuality& quality, const TrainHooks& hooks) {
  if (job.state) return train_from(*std::move(job.state), data.train, job.options, quality, hooks);
  return train_heads(data.train, job.options, quality, hooks);
}

/// What there is when the training is interrupted.
std::string kept_of_training(const Job& job, const ProcessGroup* group) {
  return job.out.string() + " keeps a checkpoint; go on" + (group == nullptr ? "" : ", under the same launcher,") +
         " with: tandem train --resume " + shell_text({job.out.string()});
}

TrainedHeads train(Job& job, const TrainData& data, const TrainArguments& arguments, ProcessGroup* group) {
  const std::vector<EpochReport> earlier = job.state ? job.state->epochs : std::vector<EpochReport>();
  const std::int64_t pairs = data.train.text.size(0);
  const std::int64_t batch = std::min(job.options.batch_size, pairs);
  const std::int64_t steps_done = job.state ? (job.state->epoch - 1) * (pairs / batch) + job.state->batch : 0;
  std::optional<DevRecalls> recalls;
  const DevQuality quality = dev_quality(data, group, recalls);
  TrainHooks hooks;
  hooks.peers = training_peers(group);
  hooks.stop = [&](const TrainingState&) { return stop_asked_of_any(group, job.options.device); };
  const StopScope scope;
  if (!speaks(group)) return train_with(job, data, quality, hooks);

  TrainingLogs logs(job.place, json_field<bool>(job.origin.view, "tensorboard", job.place / kCheckpointName), earlier,
                    steps_done);
  TrainingView view(arguments.json, job.options.epochs, pairs / batch * batch);
  view.earlier(earlier);
  CheckpointKeeper keeper(job.place, job.options, job.origin, arguments.checkpoints);
  hooks.on_step = [&](const StepReport& report) {
    logs.step(report);
    view.step(report);
  };
  hooks.on_epoch = [&](const EpochReport& report) {
    logs.epoch(report, recalls);
    view.epoch(report);
  };
  hooks.on_state = [&](const TrainingState& state) { keeper.offer(state); };
  hooks.stop = [&](const TrainingState& state) {
    const bool stop = stop_asked_of_any(group, job.options.device);
    if (stop) keeper.keep(state);
    return stop;
  };
  say_if_stopped(kept_of_training(job, group));
  return train_with(job, data, quality, hooks);
}

void say_what_came_of_it(const Job& job, const TrainedHeads& trained, bool json) {
  const std::optional<double> dev_recall = trained.epochs[trained.best_epoch - 1].dev_recall;
  double seconds = 0;
  for (const EpochReport& epoch : trained.epochs) seconds += epoch.seconds;
  if (json) {
    std::cout << json_line(Json{{"run", job.out.string()},
                                {"best_epoch", trained.best_epoch},
                                {"dev_mean_recall", dev_recall ? Json(*dev_recall) : Json()},
                                {"epochs", trained.epochs.size()},
                                {"seconds", seconds},
                                {"shuffled", job.options.shuffled},
                                {"seed", job.options.seed}})
              << "\n";
  } else {
    std::cout << job.out.string() << ": epoch " << trained.best_epoch
              << (dev_recall ? " chosen on dev, mean recall " + decimal(*dev_recall, 2) : ", the last, kept") << "\n";
  }
}

/// `place` is that of the process which writes; the others have none.
void run_job(Job& job, const TrainData& data, const TrainArguments& arguments, ProcessGroup* group, RunPlace* place) {
  if (place == nullptr) {
    train(job, data, arguments, group);
    return;
  }
  const FeatureManifest& manifest = data.store.manifest();
  const auto carry = [&](const std::string& side, const std::vector<EncoderRecord>& records) {
    return job.state ? carried_encoders(side, records) : carry_encoders(job.place, side, records);
  };
  const auto image_encoders = carry("image", manifest.image_encoders);
  const auto text_encoders = carry("text", manifest.text_encoders);
  const UnscaledColumns unscaled = unscaled_columns(data, job.options);
  say_what_is_trained(job, data, unscaled, group);
  const TrainedHeads trained = train(job, data, arguments, group);
  draw_curves(job.place / kCurvesName, trained);
  write_run(job.place, run_of(trained, job.options, unscaled, manifest, job.origin.features_folder, image_encoders,
                              text_encoders));
  place->finish();
  say_what_came_of_it(job, trained, arguments.json);
}

void begin(TrainArguments& arguments) {
  if (arguments.threads > 0) at::set_num_threads(arguments.threads);
  train_on(arguments.options.device);
  const std::unique_ptr<ProcessGroup> group = join_processes(arguments.peer_timeout, arguments.options.device);
  const TrainData data = open_train_data(arguments.features, arguments.no_dev);
  Job job = new_job(arguments, data);
  refuse_idle_pooling(arguments, job.options);
  std::optional<RunPlace> place;
  if (speaks(group.get())) {
    place.emplace(job.out);
    if (!arguments.overwrite) place->refuse_other_run();
    place->refuse_inside(arguments.features);
    job.place = place->begin_training();
  }
  run_job(job, data, arguments, group.get(), place ? &*place : nullptr);
}

void go_on(TrainArguments& arguments) {
  const std::filesystem::path out = arguments.resume;
  if (!std::filesystem::is_directory(out) && unfinished_training(out) == out)
    throw FileError(out, "the folder of a training that was interrupted", "nothing of that name");
  std::optional<RunPlace> place;
  if (is_first_process()) place.emplace(out);
  const std::filesystem::path begun = unfinished_training(out);
  if (std::filesystem::exists(begun / kRunName) && begun == out)
    throw FileError(out, "a training that was interrupted", "a finished run, with nothing left to do");
  const std::string before = checkpoint_device(begun);
  const c10::Device device = device_of_process(arguments.device.empty() ? before : arguments.device);
  if (is_first_process() && device.type() != c10::Device(before).type()) {
    std::cerr << "going on on " << device.str() << " where it was begun on " << before
              << ": roundings, and with them the model, will not be those of a training without the interruption\n";
  }
  train_on(device);
  const std::unique_ptr<ProcessGroup> group = join_processes(arguments.peer_timeout, device);
  Checkpoint checkpoint = read_checkpoint(begun, device);
  at::set_num_threads(checkpoint.origin.threads);
  if (!arguments.features.empty())
    checkpoint.origin.features_folder = std::filesystem::absolute(arguments.features).lexically_normal();
  const TrainData data = open_train_data(checkpoint.origin.features_folder,
                                         json_field<bool>(checkpoint.origin.view, "no_dev", begun / kCheckpointName));
  Job job{.out = out,
          .place = begun,
          .options = checkpoint.options,
          .origin = std::move(checkpoint.origin),
          .state = std::move(checkpoint.state)};
  check_same_features(job, data);
  if (place) job.place = place->go_on(begun);
  run_job(job, data, arguments, group.get(), place ? &*place : nullptr);
}

}  // namespace

void add_train_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("train", "Learn the shared space from encoded features");
  const auto arguments = std::make_shared<TrainArguments>();
  add_train_options(*command, *arguments);
  command->footer(
      "Examples:\n"
      "  tandem train features --out run --seed 1\n"
      "  tandem train --resume run                                   # after an interruption; same bits as "
      "without it\n"
      "  tandem train features --out small --head linear --width 256\n"
      "  tandem train features --out sigmoid --loss siglip --scale 10\n"
      "  tandem train features --out whole --batch-size 1000000      # all pairs in every batch\n"
      "  tandem train features --out control --shuffled\n"
      "  tandem train features --out run --device cuda               # doc/gpu.md\n"
      "  torchrun --nproc-per-node 2 --no-python tandem train features --out run    # doc/scaling.md\n"
      "\nThe epoch with the best mean recall on dev is kept. RUN holds heads.safetensors, run.json, metrics.jsonl, "
      "curves.svg\n"
      "and the encoders; until it is finished, checkpoint.safetensors. With --overwrite an older run stays until "
      "the new one is\n"
      "complete; --resume finds the new one beside it.");
  command->callback([arguments, command] {
    complete_train_arguments(*command, *arguments);
    arguments->resume.empty() ? begin(*arguments) : go_on(*arguments);
  });
}

}  // namespace tandem::apps
