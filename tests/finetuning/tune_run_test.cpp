#include "tandem/finetuning/tune_run.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <array>

#include "features/small_towers.h"
#include "finetuning/tuned_encoders.h"
#include "tandem/base/errors.h"
#include "tandem/features/encode.h"
#include "tandem/finetuning/tune_record.h"
#include "tandem/finetuning/tuning_material.h"
#include "tandem/model/train_run.h"
#include "tandem/storage/mapped_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// Red, green and blue pictures of many shades, encoded by tiny encoders, and heads trained on them.
struct SmallRun {
  ScratchFolder folder;
  std::filesystem::path features = folder / "features";
  std::filesystem::path run = folder / "run";

  SmallRun() {
    at::set_num_threads(1);
    const std::vector<std::string> words = {"red", "blue", "dog"};
    CaptionSet data{.name = "colours", .images = {}, .remarks = {}};
    for (int i = 0; i < 60; ++i) {
      const std::string name = "colour" + std::to_string(100 + i) + ".jpg";
      const auto shade = static_cast<std::uint8_t>(80 + 2 * i);
      const std::array<std::uint8_t, 3> rgb = {i % 3 == 0 ? shade : std::uint8_t{0},
                                               i % 3 == 2 ? shade : std::uint8_t{0},
                                               i % 3 == 1 ? shade : std::uint8_t{0}};
      write_file(folder / name, plain_jpeg(rgb[0], rgb[1], rgb[2]));
      data.images.push_back({.id = name,
                             .picture = {.file = folder / name},
                             .split = i % 4 == 3 ? Split::kDev : Split::kTrain,
                             .captions = {"a " + words[i % 3] + " ball", words[i % 3] + " run"}});
    }
    std::vector<ImageSource> images;
    std::vector<TextSource> texts;
    images.push_back(open_image_source(tiny_encoder("vit"), parse_views("mean")));
    texts.push_back(open_text_source(tiny_encoder("bert"), parse_views("mean")));
    encode(data, images, texts, features, {.threads = 1});
    const HeadOptions head = {.kind = HeadKind::kLinear, .embedding_width = 8};
    RunTraining training = new_training(
        {.features = features,
         .out = run,
         .training = {.image_head = head, .text_head = head, .epochs = 3, .batch_size = 32, .learning_rate = 1e-2}});
    train_run(training);
  }

  TuneRunOptions options(const std::string& out) const {
    TuneRunOptions made{.run = run, .out = folder / out, .threads = 1};
    made.tuning.rank = 2;
    made.training.epochs = 2;
    made.training.batch_size = 32;
    made.training.learning_rate = 1e-2;
    return made;
  }
};

}  // namespace

TEST_CASE("a tuned run opens with its own features and measures what tuning said of it") {
  const SmallRun small;
  std::vector<std::string> stages, notices;
  std::vector<std::int64_t> epochs;
  TuneRunWatch watch;
  watch.stages = [&](const std::string& doing, const std::string&) {
    stages.push_back(doing);
    return Progress();
  };
  watch.notice = [&](const std::string& line) { notices.push_back(line); };
  watch.on_epoch = [&](const EpochReport& report) { epochs.push_back(report.epoch); };
  const TunedRun tuned = tune_run(small.options("tuned"), watch);
  CHECK(epochs == std::vector<std::int64_t>{0, 1, 2});
  CHECK(tuned.epochs.size() == 3);
  CHECK(stages == std::vector<std::string>{"frozen layers", "fine-tuning", "encoding pictures", "encoding captions"});
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].starts_with("text encoder 0: low-rank changes of layers 1 to 2, "));

  const Run run = open_run(small.folder / "tuned");
  CHECK(*run.dev_recall == tuned.dev_recall);
  CHECK(run.best_epoch == tuned.best_epoch);
  const FeatureStore store = FeatureStore::open(run.features_folder);
  check_same_encoders(run, store.manifest(), store.folder());
  CHECK(open_text_sources(small.folder / "tuned", run).size() == 1);
  CHECK(std::filesystem::exists(small.folder / "tuned" / "adapters" / "text-0"));
  CHECK(!std::filesystem::exists(small.folder / "tuned" / "adapters" / "image-0"));
  CHECK_THROWS_WITH_AS(tune_run(small.options("tuned")), doctest::Contains("found a finished run"), FileError);
}

TEST_CASE("a run's tuning that is stopped in any of its stages goes on to the same run") {
  const SmallRun small;
  tune_run(small.options("whole"));
  const auto heads = [&](const std::string& name) { return read_file(small.folder / name / kHeadsName); };
  const auto weights = [&](const std::string& name) {
    return read_file(small.folder / name / "encoders" / "text-0" / "model.safetensors");
  };
  int stops = 0;
  for (const int after : {1, 9, 10, 11, 12, 13, 14}) {
    const std::string name = "stopped" + std::to_string(after);
    int asked = 0;
    try {
      tune_run(small.options(name), {.stop = [&] { return ++asked == after; }});
    } catch (const Stopped&) {
      ++stops;
      tune_run(small.options(name));
    }
    CHECK(heads(name) == heads("whole"));
    CHECK(weights(name) == weights("whole"));
  }
  CHECK(stops >= 3);
}

TEST_CASE("a run cannot be tuned into itself") {
  const SmallRun small;
  TuneRunOptions options = small.options("tuned");
  options.out = small.run;
  CHECK_THROWS_WITH_AS(tune_run(options), doctest::Contains("--out must be another folder than the run"),
                       c10::ValueError);
  options.out = small.folder / "tuned";
  options.features = small.folder / "none";
  CHECK_THROWS_WITH_AS(tune_run(options), doctest::Contains("expected the features it was trained on"), FileError);
}

TEST_CASE("the plan of a tuning changes with what the outcome depends on and with nothing else") {
  const SmallRun small;
  const Run run = open_run(small.run);
  const FeatureManifest manifest = read_manifest(small.features);
  const std::string plan = tuning_plan(small.options("tuned"), run, manifest);
  const auto plan_with = [&](const auto& change) {
    TuneRunOptions options = small.options("tuned");
    change(options);
    return tuning_plan(options, run, manifest);
  };
  CHECK(plan_with([](TuneRunOptions& o) { o.threads = 2; }) == plan);
  CHECK(plan_with([](TuneRunOptions& o) { o.memory_bytes = 1 << 24; }) == plan);
  CHECK(plan_with([](TuneRunOptions& o) { o.training.seed = 1; }) != plan);
  CHECK(plan_with([](TuneRunOptions& o) { o.towers = TunedTowers::kBoth; }) != plan);
  CHECK(plan_with([](TuneRunOptions& o) { o.tuning.layers = 1; }) != plan);
}

TEST_CASE("material has the pictures and captions of train before those of dev") {
  const SmallRun small;
  const FeatureStore store = FeatureStore::open(small.features);
  const TuningMaterial material = read_tuning_material(store);
  CHECK(material.pairs.train_images == 45);
  CHECK(material.pairs.image_of_train_text.size() == 90);
  CHECK(material.pairs.dev_images == 15);
  CHECK(material.pairs.dev_texts == 30);
  CHECK(material.image.size(0) == 60);
  CHECK(material.text.size(0) == 120);
  CHECK(material.pictures[45].file.filename() == "colour103.jpg");
  CHECK(material.captions[90] == "a red ball");
  CHECK(material.image.narrow(0, 45, 15).equal(material.dev.image));
}

TEST_CASE("towers and targets have names, and rates follow what is trained") {
  for (const TunedTowers towers : {TunedTowers::kText, TunedTowers::kImage, TunedTowers::kBoth})
    CHECK(tuned_towers_named(tuned_towers_name(towers)) == towers);
  CHECK(!tuned_towers_named("neither"));
  CHECK(low_rank_targets_named("all") == LowRankTargets::kAllLinear);
  CHECK(low_rank_targets_named("query-value") == LowRankTargets::kQueryValue);
  CHECK(default_tuning_rate({.rank = 8}) == 1e-3);
  CHECK(default_tuning_rate({.layers = 2}) == 1e-4);
}
