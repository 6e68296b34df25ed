#include "tandem/model/train_run.h"

#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/features/import_features.h"
#include "tandem/model/run_folder.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"
#include "training/toy_pairs.h"

using namespace tandem;
using tests::ScratchFolder;

namespace {

/// Toy pairs as a feature store; of five pictures one is dev and one test.
std::filesystem::path write_toy_store(const ScratchFolder& folder, std::uint64_t seed = 10,
                                      const std::string& name = "features") {
  const PairedFeatures pairs = tests::toy_pairs(100, seed);
  ImportedFeatures features{.image = pairs.image, .text = pairs.text};
  for (std::int64_t i = 0; i < 200; ++i) features.image_of_caption.push_back(i / 2);
  for (int i = 0; i < 100; ++i)
    features.splits.push_back(
        std::vector{Split::kTrain, Split::kTrain, Split::kTrain, Split::kDev, Split::kTest}[i % 5]);
  import_features(features, folder / name);
  return folder / name;
}

NewRunOptions toy_training(const std::filesystem::path& features, const std::filesystem::path& out) {
  NewRunOptions options{.features = features, .out = out, .training = tests::toy_options()};
  options.training.epochs = 4;
  options.training.batch_size = 32;
  return options;
}

}  // namespace

TEST_CASE("a run made from features has what was trained, its course and what the watcher adds") {
  const ScratchFolder folder;
  RunTraining training = new_training(toy_training(write_toy_store(folder), folder / "run"));
  std::int64_t steps = 0, epochs = 0;
  bool began = false;
  TrainRunWatch watch;
  watch.on_begin = [&](const UnscaledColumns& unscaled) { began = unscaled.image == 0 && unscaled.text == 0; };
  watch.on_step = [&](const StepReport& report) { steps = report.step; };
  watch.on_epoch = [&](const EpochReport& report) { epochs = report.epoch; };
  watch.on_trained = [](const TrainedHeads&, const std::filesystem::path& place) {
    write_file(place / kCurvesName, "drawn");
  };
  const TrainedHeads trained = train_run(training, {}, watch);
  CHECK(began);
  CHECK(epochs == 4);
  CHECK(steps == 4 * (120 / 32));
  const Run run = open_run(folder / "run");
  CHECK(run.best_epoch == trained.best_epoch);
  CHECK(*run.dev_recall == *trained.epochs[trained.best_epoch - 1].dev_recall);
  const at::Tensor rows = tests::toy_pairs(20, 11).image;
  CHECK(at::equal(run.image_heads.members()[0].embed(rows), trained.image.embed(rows)));
  CHECK(read_file(folder / "run" / kCurvesName) == "drawn");
  CHECK(std::filesystem::exists(folder / "run" / kMetricsName));
  CHECK(!std::filesystem::exists(folder / "run" / kCheckpointName));
}

TEST_CASE("a run's training that is stopped anywhere goes on to the same heads") {
  const ScratchFolder folder;
  const std::filesystem::path features = write_toy_store(folder);
  RunTraining whole = new_training(toy_training(features, folder / "whole"));
  train_run(whole);
  for (const int stop : {1, 3, 7}) {
    const std::filesystem::path out = folder / ("run" + std::to_string(stop));
    int asked = 0;
    {
      RunTraining training = new_training(toy_training(features, out));
      CHECK_THROWS_AS(train_run(training, {}, {.stop = [&] { return ++asked == stop; }}), Stopped);
    }
    InterruptedTraining found = find_interrupted_training(out);
    CHECK(found.device == "cpu");
    RunTraining again = continued_training(std::move(found), c10::kCPU);
    train_run(again);
    CHECK(read_file(out / kHeadsName) == read_file(folder / "whole" / kHeadsName));
  }
}

TEST_CASE("a finished run is replaced only when that is asked for, and there is nothing in it to go on with") {
  const ScratchFolder folder;
  const std::filesystem::path features = write_toy_store(folder);
  {
    RunTraining training = new_training(toy_training(features, folder / "run"));
    train_run(training);
  }
  CHECK_THROWS_WITH_AS(find_interrupted_training(folder / "run"), doctest::Contains("found a finished run"), FileError);
  CHECK_THROWS_WITH_AS(find_interrupted_training(folder / "none"), doctest::Contains("nothing of that name"),
                       FileError);
  const std::string before = read_file(folder / "run" / kHeadsName);
  NewRunOptions options = toy_training(features, folder / "run");
  options.training.seed = 4;
  {
    RunTraining other = new_training(options);
    CHECK_THROWS_WITH_AS(train_run(other), doctest::Contains("expected a folder without a run"), FileError);
  }
  CHECK(read_file(folder / "run" / kHeadsName) == before);
  RunTraining other = new_training(options);
  train_run(other, {.overwrite = true});
  CHECK(read_file(folder / "run" / kHeadsName) != before);
}

TEST_CASE("a training goes on with the features it was begun with and refuses others") {
  const ScratchFolder folder;
  {
    RunTraining training = new_training(toy_training(write_toy_store(folder), folder / "run"));
    CHECK_THROWS_AS(train_run(training, {}, {.stop = [] { return true; }}), Stopped);
  }
  const std::filesystem::path others = write_toy_store(folder, 12, "others");
  CHECK_THROWS_WITH_AS(continued_training(find_interrupted_training(folder / "run"), c10::kCPU, others),
                       doctest::Contains("expected the features that the run in"), FileError);
}
