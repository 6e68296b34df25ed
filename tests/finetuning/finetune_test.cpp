#include "tandem/finetuning/finetune.h"

#include <ATen/ops/tensor.h>
#include <doctest/doctest.h>

#include <stdexcept>

#include "finetuning/tuned_encoders.h"
#include "finetuning/word_pictures.h"
#include "tandem/base/errors.h"
#include "tandem/model/finetune_checkpoint.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

std::vector<at::Tensor> everything(const TunedSide& side, const Finetuned& tuned) {
  std::vector<at::Tensor> all = side.parameters();
  for (const ProjectionHead* head : {&tuned.image_head, &tuned.text_head}) {
    for (const auto& [name, tensor] : head->tensors()) all.push_back(tensor);
  }
  all.push_back(at::tensor(tuned.logit_scale));
  return all;
}

bool all_equal(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  bool equal = a.size() == b.size();
  for (std::size_t i = 0; equal && i < a.size(); ++i) equal = a[i].equal(b[i]);
  return equal;
}

}  // namespace

TEST_CASE("fine-tuning true pairs makes dev better than frozen features are, shuffled pairs do not" *
          doctest::test_suite("slow")) {
  const WordPictures data;
  const TrainedHeads heads = data.heads();
  for (const TuningOptions& tuning :
       {TuningOptions{.layers = 1}, TuningOptions{.rank = 4, .alpha = 8, .targets = LowRankTargets::kAllLinear}}) {
    for (const bool shuffled : {false, true}) {
      TunedSide image = data.image_side();
      TunedSide text = data.text_side(tuning);
      FinetuneOptions options = kWordOptions;
      options.epochs = 8;
      options.shuffled = shuffled;
      const Finetuned tuned = finetune(image, text, {heads.image, heads.text, heads.logit_scale}, data.pairs, options,
                                       {.quality = data.quality()});
      REQUIRE(tuned.epochs.size() == 9);
      const double start = *tuned.epochs[0].dev_recall;
      const double best = *tuned.epochs[tuned.best_epoch].dev_recall;
      MESSAGE("rank " << tuning.rank << std::string(shuffled ? ", shuffled" : "") << ": mean recall " << start << " -> "
                      << best << ", loss " << tuned.epochs[1].loss << " -> " << tuned.epochs.back().loss);
      CHECK(best >= start);
      if (shuffled) {
        CHECK(tuned.best_epoch == 0);
        CHECK(*tuned.epochs.back().dev_recall < start - 5);
      } else {
        CHECK(best > start + 5);
        CHECK(tuned.epochs.back().loss < tuned.epochs[1].loss);
      }
    }
  }
}

TEST_CASE("what comes back is the best epoch on dev, in heads and layers") {
  const WordPictures data;
  const TrainedHeads heads = data.heads();
  TunedSide image = data.image_side();
  TunedSide text = data.text_side({.layers = 1});
  const Finetuned tuned = finetune(image, text, {heads.image, heads.text, heads.logit_scale}, data.pairs, kWordOptions,
                                   {.quality = data.quality()});
  std::vector<std::int64_t> dev(48);
  for (std::int64_t i = 0; i < 48; ++i) dev[i] = 192 + i;
  const double again =
      data.quality()(embed_all(tuned.image_head, image.features(dev)), embed_all(tuned.text_head, text.features(dev)));
  CHECK(again == doctest::Approx(*tuned.epochs[tuned.best_epoch].dev_recall));
  for (const EpochReport& report : tuned.epochs)
    CHECK(*report.dev_recall <= *tuned.epochs[tuned.best_epoch].dev_recall);
}

TEST_CASE("killed at any step, fine-tuning goes on to the same bits as without a stop" * doctest::test_suite("slow")) {
  const WordPictures data;
  const TrainedHeads heads = data.heads();
  const TuningOptions tuning{.layers = 1, .rank = 2};
  TunedSide image = data.image_side();
  TunedSide text = data.text_side(tuning);
  const Finetuned whole = finetune(image, text, {heads.image, heads.text, heads.logit_scale}, data.pairs, kWordOptions,
                                   {.quality = data.quality()});
  const std::vector<at::Tensor> expected = everything(text, whole);
  for (const std::int64_t stop : {1, 3, 5, 8, 11}) {
    const ScratchFolder scratch;
    struct Killed {};
    FinetuneHooks hooks{.quality = data.quality(), .checkpoint = scratch / "checkpoint", .plan = "plan"};
    hooks.progress = [&](std::int64_t done, std::int64_t) {
      if (done == stop) throw Killed();
    };
    {
      TunedSide first = data.text_side(tuning);
      CHECK_THROWS_AS(
          finetune(image, first, {heads.image, heads.text, heads.logit_scale}, data.pairs, kWordOptions, hooks),
          Killed);
    }
    hooks.progress = {};
    TunedSide second = data.text_side(tuning);
    const Finetuned resumed =
        finetune(image, second, {heads.image, heads.text, heads.logit_scale}, data.pairs, kWordOptions, hooks);
    CHECK_MESSAGE(all_equal(everything(second, resumed), expected), "stopped after step " << stop);
    CHECK(resumed.best_epoch == whole.best_epoch);
    REQUIRE(resumed.epochs.size() == whole.epochs.size());
    for (std::size_t i = 0; i < whole.epochs.size(); ++i) CHECK(resumed.epochs[i].loss == whole.epochs[i].loss);
  }
}

TEST_CASE("asked to stop after every step, fine-tuning keeps each and comes to the same bits as without a stop") {
  const WordPictures data;
  const TrainedHeads heads = data.heads();
  const TuningOptions tuning{.layers = 1, .rank = 2};
  TunedSide image = data.image_side();
  TunedSide text = data.text_side(tuning);
  std::int64_t steps = 0;
  const Finetuned whole =
      finetune(image, text, {heads.image, heads.text, heads.logit_scale}, data.pairs, kWordOptions,
               {.quality = data.quality(), .progress = [&](std::int64_t, std::int64_t total) { steps = total; }});
  const std::vector<at::Tensor> expected = everything(text, whole);
  const ScratchFolder scratch;
  const FinetuneHooks hooks{
      .quality = data.quality(), .stop = [] { return true; }, .checkpoint = scratch / "checkpoint", .plan = "plan"};
  std::int64_t stops = 0;
  for (bool finished = false; !finished; ++stops) {
    REQUIRE(stops < 1000);
    TunedSide side = data.text_side(tuning);
    try {
      const Finetuned resumed =
          finetune(image, side, {heads.image, heads.text, heads.logit_scale}, data.pairs, kWordOptions, hooks);
      CHECK(all_equal(everything(side, resumed), expected));
      finished = true;
    } catch (const Stopped&) {
    }
  }
  CHECK(stops == steps);
}

TEST_CASE("chunks of any size train to nearly the same model") {
  const WordPictures data;
  const TrainedHeads heads = data.heads();
  FinetuneOptions options = kWordOptions;
  options.epochs = 1;
  std::vector<std::vector<at::Tensor>> models;
  for (const ChunkLimits& chunks :
       {ChunkLimits{.items = 7}, ChunkLimits{.items = 1000}, ChunkLimits{.items = 30, .checkpointing = true}}) {
    TunedSide image = data.image_side();
    TunedSide text = data.text_side({.layers = 1}, chunks);
    const auto tuned = finetune(image, text, {heads.image, heads.text, heads.logit_scale}, data.pairs, options,
                                {.quality = [](const auto&, const auto&) {
                                  static double n = 0;
                                  return ++n;
                                }});
    models.push_back(everything(text, tuned));
  }
  for (std::size_t m = 1; m < models.size(); ++m) {
    // Adam divides by the gradient's size, so that rounding shows where a gradient is next to zero.
    for (std::size_t i = 0; i < models[0].size(); ++i)
      CHECK((models[m][i] - models[0][i]).abs().mean().item<double>() < 1e-3);
  }
}

TEST_CASE("a checkpoint of other options, and a damaged one, are refused") {
  const ScratchFolder scratch;
  write_finetune_checkpoint(scratch / "checkpoint",
                            {.plan = "one", .progress = {{"epoch", 1}}, .tensors = {{"x", at::ones({3})}}});
  CHECK(read_finetune_checkpoint(scratch / "checkpoint", "one")->tensors.size() == 1);
  CHECK(!read_finetune_checkpoint(scratch / "none", "one"));
  CHECK_THROWS_WITH_AS(read_finetune_checkpoint(scratch / "checkpoint", "other"),
                       doctest::Contains("expected a checkpoint of the same run, features and options"), FileError);
  std::filesystem::resize_file(scratch / "checkpoint", std::filesystem::file_size(scratch / "checkpoint") - 2);
  CHECK_THROWS_AS(read_finetune_checkpoint(scratch / "checkpoint", "one"), FileError);
}

TEST_CASE("nothing to train and too few pictures are refused") {
  const WordPictures data;
  const TrainedHeads heads = data.heads();
  TunedSide image = data.image_side();
  TunedSide frozen(data.text, {}, {});
  TunedSide text = data.text_side({.layers = 1});
  const FinetuneStart start{heads.image, heads.text, heads.logit_scale};
  CHECK_THROWS_WITH_AS(finetune(image, frozen, start, data.pairs, kWordOptions, {.quality = data.quality()}),
                       doctest::Contains("a layer to train was needed"), c10::ValueError);
  FinetunePairs one = data.pairs;
  one.train_images = 1;
  CHECK_THROWS_WITH_AS(finetune(image, text, start, one, kWordOptions, {.quality = data.quality()}),
                       doctest::Contains("at least two training pictures were needed, got 1"), c10::ValueError);
}
