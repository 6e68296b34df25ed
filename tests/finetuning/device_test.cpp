// Fine-tuning elsewhere than on the CPU: on the second device of second_device.h everywhere, and on
// a GPU where there is one.
#include <ATen/Context.h>
#include <doctest/doctest.h>

#include <iostream>

#include "finetuning/tuned_encoders.h"
#include "finetuning/word_pictures.h"
#include "second_device.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// Every family's layers: what comes out, and the gradients, kept or computed again.
void check_layers_on(c10::Device device) {
  std::vector<std::string> families = kTextFamilies;
  families.insert(families.end(), kImageFamilies.begin(), kImageFamilies.end());
  for (const std::string& family : families) {
    CAPTURE(family);
    const TinyEncoder here(family), there(family, {Precision::kFloat32, device});
    for (const TuningOptions& options :
         {TuningOptions{.layers = 1}, TuningOptions{.rank = 2, .targets = LowRankTargets::kAllLinear}}) {
      const TunedLayers one = here.tuned(options);
      const TunedLayers other = there.tuned(options);
      CHECK(other.device() == device);
      const at::Tensor x = here.states[one.first()];
      const at::Tensor a = one.run(x, here.mask).back();
      const at::Tensor b = other.run(x.to(device), here.mask.to(device)).back();
      CHECK(here.difference(b.cpu(), a) < 1e-4);
      const at::Tensor slope = direction(a, here.mask);
      a.backward(slope);
      b.backward(slope.to(device));
      for (std::size_t i = 0; i < one.trained().size(); ++i) {
        CAPTURE(one.trained()[i].first);
        CHECK(other.trained()[i].second.grad().device() == device);
        CHECK(relative_difference(other.trained()[i].second.grad().cpu(), one.trained()[i].second.grad()) < 1e-4);
      }
    }
  }
}

/// A side's features and gradients, and what two epochs come to, are those of the CPU; interrupted,
/// it goes on to the same bits.
void check_finetuning_on(c10::Device device) {
  const WordPictures here, there(192, 48, device);
  const TrainedHeads heads = here.heads();
  FinetuneOptions options = kWordOptions;
  options.epochs = 2;
  for (const TuningOptions& tuning : {TuningOptions{.layers = 1}, TuningOptions{.rank = 3}}) {
    for (const bool checkpointing : {false, true}) {
      const ChunkLimits chunks{.items = 40, .checkpointing = checkpointing};
      TunedSide one = here.text_side(tuning, chunks);
      TunedSide other = there.text_side(tuning, chunks);
      CHECK(other.device() == device);
      const std::vector<std::int64_t> items = {5, 3, 3, 100, 17, 230};
      const at::Tensor expected = one.features(items);
      const at::Tensor found = other.features(items);
      CHECK(found.device() == device);
      CHECK((found.cpu() - expected).abs().max().item<double>() < 1e-4);
      one.backward(items, expected);
      other.backward(items, found);
      for (std::size_t i = 0; i < one.parameters().size(); ++i)
        CHECK(relative_difference(other.parameters()[i].grad().cpu(), one.parameters()[i].grad()) < 1e-4);

      TunedSide image = here.image_side();
      TunedSide again = there.text_side(tuning, chunks);
      const FinetuneStart start{heads.image, heads.text, heads.logit_scale};
      const Finetuned tuned_here = finetune(image, one, start, here.pairs, options, {.quality = here.quality()});
      const Finetuned tuned_there = finetune(image, other, start, there.pairs, options, {.quality = there.quality()});
      CHECK(tuned_there.image_head.device().is_cpu());
      REQUIRE(tuned_there.epochs.size() == tuned_here.epochs.size());
      for (std::size_t i = 0; i < tuned_here.epochs.size(); ++i)
        CHECK(tuned_there.epochs[i].loss == doctest::Approx(tuned_here.epochs[i].loss).epsilon(2e-3));

      const ScratchFolder scratch;
      struct Killed {};
      FinetuneHooks hooks{.quality = there.quality(), .checkpoint = scratch / "checkpoint", .plan = "plan"};
      hooks.progress = [](std::int64_t done, std::int64_t) {
        if (done == 3) throw Killed();
      };
      CHECK_THROWS_AS(finetune(image, again, start, there.pairs, options, hooks), Killed);
      hooks.progress = {};
      TunedSide resumed = there.text_side(tuning, chunks);
      CHECK(finetune(image, resumed, start, there.pairs, options, hooks).epochs.back().loss ==
            doctest::Approx(tuned_there.epochs.back().loss).epsilon(1e-6));
    }
  }
}

}  // namespace

TEST_CASE("fine-tuning on another device comes to what it comes to on the CPU, and goes on where it was interrupted" *
          doctest::test_suite("slow")) {
  check_layers_on(second_device());
  check_finetuning_on(second_device());
}

TEST_CASE("fine-tuning on a GPU comes to what it comes to on the CPU, and goes on where it was interrupted" *
          doctest::test_suite("gpu")) {
  if (!at::globalContext().hasCUDA()) {
    std::cout << "SKIPPED: no GPU here\n";
    return;
  }
  at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
  check_layers_on(c10::Device(c10::kCUDA, 0));
  check_finetuning_on(c10::Device(c10::kCUDA, 0));
}

TEST_CASE("sides on two devices are refused") {
  const WordPictures here, there(192, 48, second_device());
  const TrainedHeads heads = here.heads();
  TunedSide one = here.text_side({.layers = 1});
  TunedSide other = there.text_side({.layers = 1});
  CHECK_THROWS_WITH_AS(finetune(one, other, {heads.image, heads.text, heads.logit_scale}, here.pairs, kWordOptions,
                                {.quality = here.quality()}),
                       doctest::Contains("both sides' encoders must be on one device, got cpu and second:0"),
                       c10::ValueError);
}
