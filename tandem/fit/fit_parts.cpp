#include "tandem/fit/fit_parts.h"

#include <ATen/Parallel.h>

#include <utility>

#include "tandem/base/number_text.h"
#include "tandem/model/closed_form_run.h"
#include "tandem/model/ensemble.h"
#include "tandem/model/train_run.h"
#include "tandem/reports/training_curves_of_run.h"
#include "tandem/training/checkpoint.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

bool is_run(const Path& folder) { return std::filesystem::exists(folder / kRunName); }

/// From the checkpoint if there is one. Without one nothing of an earlier call can be used.
RunTraining begun_training(const PartsPlan& plan, const FitOptions& options, const Path& out) {
  const c10::Device device = device_named(options.train.device);
  if (std::filesystem::exists(unfinished_training(out) / kCheckpointName)) {
    RunTraining training = continued_training(find_interrupted_training(out), device, plan.features);
    at::set_num_threads(training.origin.threads);
    return training;
  }
  std::filesystem::remove_all(out);
  TrainOptions training = options.train.options;
  training.device = device;
  return new_training({.features = plan.features, .out = out, .training = training, .no_dev = !plan.uses_dev});
}

std::string training_words(const RunTraining& training) {
  std::string words = "  " + std::to_string(training.options.epochs) + " epochs of " +
                      with_thousands(training.data.train.image.size(0)) + " pictures with " +
                      with_thousands(training.data.train.text.size(0)) + " captions";
  if (training.data.dev)
    words += "; the epoch is chosen on " + with_thousands(training.data.dev->image.size(0)) + " dev pictures";
  if (training.state) words += "; going on with epoch " + std::to_string(training.state->epoch);
  return training.options.shuffled ? words + "; CONTROL: captions shuffled between pictures" : words;
}

void make_trained_part(const PartsPlan& plan, const FitOptions& options, FitSteps& steps) {
  const Path out = trained_part(plan.folder);
  steps.next("training heads");
  if (is_run(out)) return;
  RunTraining training = begun_training(plan, options, out);
  steps.say(training_words(training));
  const Progress shown = begin_stage(steps.displays(), "training", "steps");
  TrainRunWatch watch;
  watch.stop = steps.stop();
  watch.on_step = [&](const StepReport& report) {
    if (shown) shown(report.step, report.steps);
  };
  watch.on_trained = [](const TrainedHeads& trained, const Path& folder) {
    draw_curves(folder / kCurvesName, trained);
  };
  train_run(training, {.overwrite = true}, watch);
}

void make_solved_part(const PartsPlan& plan, const FitOptions& options, FitSteps& steps) {
  const Path out = solved_part(plan.folder);
  steps.next("solving for heads in closed form (CCA)");
  if (is_run(out)) return;
  make_closed_form_run(plan.features, out,
                       {.grid = plan.grid,
                        .no_dev = !plan.uses_dev,
                        .shuffled = options.train.options.shuffled,
                        .seed = options.train.options.seed,
                        .overwrite = true},
                       steps.stages());
}

Path joined_part(const PartsPlan& plan, FitSteps& steps) {
  Path out = plan.folder / "joined";
  steps.next(plan.chooses_weights ? "joining both, weights chosen on held-out pictures" : "joining both");
  if (is_run(out)) return out;
  make_ensemble({trained_part(plan.folder), solved_part(plan.folder)}, out,
                {.weights = plan.chooses_weights ? std::vector<double>() : plan.weights,
                 .choose_weights_on_dev = plan.chooses_weights,
                 .measure_on_dev = plan.uses_dev || plan.chooses_weights,
                 .features = plan.features,
                 .overwrite = true},
                steps.stages());
  return out;
}

}  // namespace

Path trained_part(const Path& folder) { return folder / "heads"; }
Path solved_part(const Path& folder) { return folder / "linear"; }

Path make_parts(const PartsPlan& plan, const FitOptions& options, FitSteps& steps) {
  if (options.train.enabled) make_trained_part(plan, options, steps);
  if (options.cca.enabled) make_solved_part(plan, options, steps);
  if (!options.cca.enabled) return trained_part(plan.folder);
  return options.train.enabled ? joined_part(plan, steps) : solved_part(plan.folder);
}

}  // namespace tandem
