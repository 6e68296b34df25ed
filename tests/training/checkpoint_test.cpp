#include "tandem/training/checkpoint.h"

#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "tandem/storage/safetensors.h"
#include "tandem/training/checkpoint_keeper.h"
#include "tandem/training/trainer.h"
#include "test_data.h"
#include "training/toy_pairs.h"

using namespace tandem;
using tests::ScratchFolder;
using tests::toy_pairs;

namespace {

/// Quality by formula, so that best epochs come and go.
double some_quality(const ProjectionHead& image, const ProjectionHead&) {
  return image.parameters()[0].sin().sum().item<double>();
}

TrainOptions eventful_options() {
  TrainOptions options = tests::toy_options();
  options.epochs = 4;
  options.loss.kind = LossKind::kSigLip;
  options.average_decay = 0.8;
  return options;
}

void check_same(const TrainedHeads& one, const TrainedHeads& other) {
  CHECK(one.best_epoch == other.best_epoch);
  CHECK(one.logit_scale == other.logit_scale);
  REQUIRE(one.epochs.size() == other.epochs.size());
  for (std::size_t i = 0; i < one.epochs.size(); ++i) {
    CHECK(one.epochs[i].loss == other.epochs[i].loss);
    CHECK(one.epochs[i].dev_recall == other.epochs[i].dev_recall);
  }
  for (std::size_t i = 0; i < one.image.tensors().size(); ++i)
    CHECK(at::equal(one.image.tensors()[i].second, other.image.tensors()[i].second));
  for (std::size_t i = 0; i < one.text.tensors().size(); ++i)
    CHECK(at::equal(one.text.tensors()[i].second, other.text.tensors()[i].second));
}

}  // namespace

TEST_CASE("training goes on from any moment to the bits it would have had") {
  const PairedFeatures features = toy_pairs(100, 10);  // 3 batches of 64 an epoch
  for (const OptimizerKind optimizer : {OptimizerKind::kAdamW, OptimizerKind::kLion}) {
    TrainOptions options = eventful_options();
    options.optimizer = optimizer;
    const ScratchFolder folder;
    std::vector<Checkpoint> moments;
    const TrainedHeads whole = train_heads(
        features, options, some_quality, {.on_state = [&](const TrainingState& state) {
          write_checkpoint(folder.path(), options,
                           {.features_folder = "/f", .features_plan = "p", .pairs = "q", .threads = 1}, state);
          moments.push_back(read_checkpoint(folder.path()));
        }});
    CHECK(moments.size() == 1 + 4 * 3);
    for (Checkpoint& moment : moments)
      check_same(train_from(std::move(moment.state), features, moment.options, some_quality), whole);
  }
}

TEST_CASE("a checkpoint brings back what it was written with and refuses to be anything else") {
  const ScratchFolder folder;
  const TrainOptions options = eventful_options();
  const TrainingState state = fresh_state(training_pairs(toy_pairs(20, 10), options), options);
  write_checkpoint(folder.path(), options,
                   {.features_folder = "/features",
                    .features_plan = "plan",
                    .pairs = "rows",
                    .threads = 3,
                    .view = {{"no_dev", true}}},
                   state);
  const Checkpoint read = read_checkpoint(folder.path());
  CHECK(read.origin.features_folder == "/features");
  CHECK(read.origin.threads == 3);
  CHECK(read.origin.view.at("no_dev") == true);
  CHECK(read.options.loss.kind == LossKind::kSigLip);

  const std::string whole = read_file(folder / kCheckpointName);
  for (const std::size_t place : {whole.size() / 3, whole.size() - 10}) {
    std::string flipped = whole;
    flipped[place] = static_cast<char>(flipped[place] ^ 1);
    write_file(folder / kCheckpointName, flipped);
    CHECK_THROWS_AS(read_checkpoint(folder.path()), FileError);
  }
  write_file(folder / kCheckpointName, whole.substr(0, whole.size() / 2));
  CHECK_THROWS_AS(read_checkpoint(folder.path()), FileError);
  std::filesystem::remove(folder / kCheckpointName);
  CHECK_THROWS_WITH_AS(read_checkpoint(folder.path()), doctest::Contains("no checkpoint.safetensors in it"), FileError);
}

TEST_CASE("a checkpoint of another architecture and another file of tensors are refused in words") {
  const ScratchFolder folder;
  const TrainOptions options = eventful_options();
  const TrainingState state = fresh_state(training_pairs(toy_pairs(20, 10), options), options);
  TrainOptions wider = options;
  wider.image_head.hidden_width = 48;
  write_checkpoint(folder.path(), wider, {.features_folder = "/f"}, state);
  CHECK_THROWS_WITH_AS(read_checkpoint(folder.path()), doctest::Contains("expected the head that its options describe"),
                       FileError);
  write_safetensors(folder / kCheckpointName, {{"x", state.log_scale}});
  CHECK_THROWS_WITH_AS(read_checkpoint(folder.path()),
                       doctest::Contains("expected tandem checkpoint, version 1, found none"), FileError);
}

TEST_CASE("checkpoints are kept at the beginning and at the ends of epochs and after so many steps") {
  const ScratchFolder folder;
  const TrainOptions options = eventful_options();
  std::vector<std::pair<std::int64_t, std::int64_t>> kept;
  CheckpointKeeper keeper(folder.path(), options, {}, {.seconds = 0, .steps = 2});
  train_heads(toy_pairs(100, 10), options, some_quality, {.on_state = [&](const TrainingState& state) {
                std::filesystem::remove(folder / kCheckpointName);
                keeper.offer(state);
                if (std::filesystem::exists(folder / kCheckpointName)) kept.emplace_back(state.epoch, state.batch);
              }});
  CHECK(kept.front() == std::pair<std::int64_t, std::int64_t>(1, 0));
  CHECK(kept[1] == std::pair<std::int64_t, std::int64_t>(1, 2));
  CHECK(kept.size() >= 6);
}

TEST_CASE(
    "a training that is asked to stop keeps the state it stops at and goes on to the same bits, a step at a time") {
  const ScratchFolder folder;
  const PairedFeatures features = toy_pairs(100, 10);
  const TrainOptions options = eventful_options();
  const TrainedHeads whole = train_heads(features, options, some_quality);
  CheckpointKeeper keeper(folder.path(), options, {.features_folder = "/f"}, {.seconds = 0});
  const TrainHooks stopping{.on_state = [&](const TrainingState& state) { keeper.offer(state); },
                            .stop =
                                [&](const TrainingState& state) {
                                  keeper.keep(state);
                                  return true;
                                }};
  CHECK_THROWS_AS(train_heads(features, options, some_quality, stopping), Stopped);
  std::int64_t stops = 1;
  for (bool finished = false; !finished; ++stops) {
    REQUIRE(stops < 100);
    Checkpoint checkpoint = read_checkpoint(folder.path());
    CHECK((checkpoint.state.epoch - 1) * 3 + checkpoint.state.batch == stops);
    try {
      check_same(train_from(std::move(checkpoint.state), features, options, some_quality, stopping), whole);
      finished = true;
    } catch (const Stopped&) {
    }
  }
  CHECK(stops == 4 * 3);
}
