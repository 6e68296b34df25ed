#include <ATen/Parallel.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "apps/arguments/compute_arguments.h"
#include "apps/arguments/processes.h"
#include "apps/arguments/train_arguments.h"
#include "apps/commands/command.h"
#include "apps/terminal/stop_signals.h"
#include "apps/terminal/training_view.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/model/run_folder.h"
#include "tandem/model/train_run.h"
#include "tandem/reports/training_curves_of_run.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

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

void say_unscaled_columns(const UnscaledColumns& unscaled, const TrainData& data) {
  const auto say = [](std::int64_t count, const at::Tensor& features, const char* side) {
    if (count == 0) return;
    std::cerr << with_thousands(count) << " of " << with_thousands(features.size(1)) << " columns of the " << side
              << " hardly move beside the others of their view and are not scaled up\n";
  };
  say(unscaled.image, data.train.image, "pictures");
  say(unscaled.text, data.train.text, "captions");
}

void say_what_is_trained(const RunTraining& training, const UnscaledColumns& unscaled, const ProcessGroup* group) {
  const TrainOptions& options = training.options;
  const TrainData& data = training.data;
  const std::int64_t pairs = data.train.text.size(0);
  const std::string choice = data.dev
                                 ? "choosing the epoch on " + with_thousands(data.dev->image.size(0)) + " dev pictures"
                                 : "keeping the last epoch";
  if (training.state) std::cerr << "going on with epoch " << training.state->epoch << ": ";
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

/// What there is when the training is interrupted.
std::string kept_of_training(const RunTraining& training, const ProcessGroup* group) {
  return training.out.string() + " keeps a checkpoint; go on" + (group == nullptr ? "" : ", under the same launcher,") +
         " with: tandem train --resume " + shell_text({training.out.string()});
}

void begin_view(std::optional<TrainingView>& view, const RunTraining& training, bool quiet) {
  const std::int64_t pairs = training.data.train.text.size(0);
  const std::int64_t batch = std::min(training.options.batch_size, pairs);
  view.emplace(quiet, training.options.epochs, pairs / batch * batch);
  if (training.state) view->earlier(training.state->epochs);
}

TrainedHeads train(RunTraining& training, const TrainArguments& arguments, ProcessGroup* group) {
  std::optional<StopScope> scope;  // while the training asks, and no longer
  std::optional<TrainingView> view;
  if (!speaks(group)) scope.emplace();
  TrainRunWatch watch;
  watch.stop = [&] { return stop_asked_of_any(group, training.options.device); };
  watch.on_begin = [&](const UnscaledColumns& unscaled) {
    say_what_is_trained(training, unscaled, group);
    scope.emplace();
    begin_view(view, training, arguments.json);
    say_if_stopped(kept_of_training(training, group));
  };
  watch.on_step = [&](const StepReport& report) { view->step(report); };
  watch.on_epoch = [&](const EpochReport& report) { view->epoch(report); };
  watch.on_trained = [&](const TrainedHeads& trained, const std::filesystem::path& folder) {
    view.reset();
    scope.reset();
    draw_curves(folder / kCurvesName, trained);
  };
  return train_run(
      training,
      {.overwrite = arguments.overwrite, .checkpoints = arguments.checkpoints, .peers = training_peers(group)}, watch);
}

void say_what_came_of_it(const RunTraining& training, const TrainedHeads& trained, bool json) {
  const std::optional<double> dev_recall = trained.epochs[trained.best_epoch - 1].dev_recall;
  double seconds = 0;
  for (const EpochReport& epoch : trained.epochs) seconds += epoch.seconds;
  if (json) {
    std::cout << json_line(Json{{"run", training.out.string()},
                                {"best_epoch", trained.best_epoch},
                                {"dev_mean_recall", dev_recall ? Json(*dev_recall) : Json()},
                                {"epochs", trained.epochs.size()},
                                {"seconds", seconds},
                                {"shuffled", training.options.shuffled},
                                {"seed", training.options.seed}})
              << "\n";
  } else {
    std::cout << training.out.string() << ": epoch " << trained.best_epoch
              << (dev_recall ? " chosen on dev, mean recall " + decimal(*dev_recall, 2) : ", the last, kept") << "\n";
  }
}

void train_and_say(RunTraining& training, const TrainArguments& arguments, ProcessGroup* group) {
  const TrainedHeads trained = train(training, arguments, group);
  if (speaks(group)) say_what_came_of_it(training, trained, arguments.json);
}

void begin(TrainArguments& arguments) {
  if (arguments.threads > 0) at::set_num_threads(arguments.threads);
  train_on(arguments.options.device);
  const std::unique_ptr<ProcessGroup> group = join_processes(arguments.peer_timeout, arguments.options.device);
  RunTraining training = new_training({.features = arguments.features,
                                       .out = arguments.out,
                                       .training = arguments.options,
                                       .no_dev = arguments.no_dev,
                                       .tensorboard = arguments.tensorboard});
  refuse_idle_pooling(arguments, training.options);
  train_and_say(training, arguments, group.get());
}

void go_on(TrainArguments& arguments) {
  InterruptedTraining found = find_interrupted_training(arguments.resume, /*writes=*/is_first_process());
  const std::string before = found.device;
  const c10::Device device = device_of_process(arguments.device.empty() ? before : arguments.device);
  if (is_first_process() && device.type() != c10::Device(before).type()) {
    std::cerr << "going on on " << device.str() << " where it was begun on " << before
              << ": roundings, and with them the model, will not be those of a training without the interruption\n";
  }
  train_on(device);
  const std::unique_ptr<ProcessGroup> group = join_processes(arguments.peer_timeout, device);
  RunTraining training = continued_training(std::move(found), device, arguments.features);
  at::set_num_threads(training.origin.threads);
  train_and_say(training, arguments, group.get());
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
