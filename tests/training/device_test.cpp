// Training elsewhere than on the CPU: on the second device of second_device.h everywhere, and on a
// GPU where there is one.
#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

#include <iostream>

#include "second_device.h"
#include "tandem/training/checkpoint.h"
#include "test_data.h"
#include "training/toy_gradients.h"
#include "training/toy_pairs.h"

using namespace tandem;

namespace {

/// Options that between them take every way through a step.
std::vector<TrainOptions> various_options() {
  std::vector<TrainOptions> all;
  for (const std::string& name : loss_names()) {
    for (const std::int64_t tiles_from : {std::int64_t{1}, std::int64_t{100000}}) {
      TrainOptions options = tests::toy_options();
      options.loss.kind = *loss_named(name);
      options.loss.tiles_from = tiles_from;
      options.loss.streaming = {.tile_rows = 24, .tile_columns = 40, .kept_bytes = 8000};
      options.epochs = 2;
      all.push_back(options);
    }
  }
  const auto add = [&](const auto& change) {
    TrainOptions options = tests::toy_options();
    options.epochs = 2;
    change(options);
    all.push_back(options);
  };
  const auto both_heads = [](TrainOptions& options, const auto& change) {
    change(options.image_head);
    change(options.text_head);
  };
  add([](TrainOptions& o) { o.chunk_size = 20; });
  add([](TrainOptions& o) { o.mixup = 1; });
  add([](TrainOptions& o) {
    o.structure.weight = 10;
    o.structure.levels = 2;
  });
  add([](TrainOptions& o) { o.average_decay = 0.9; });
  add([](TrainOptions& o) {
    o.optimizer = OptimizerKind::kLion;
    o.learning_rate = 5e-4;
  });
  add([](TrainOptions& o) {
    o.loss.label_smoothing = 0.1;
    o.loss.tiles_from = 1;
  });
  add([](TrainOptions& o) { o.shuffled = true; });
  add([&](TrainOptions& o) {
    both_heads(o, [](HeadOptions& head) {
      head.kind = HeadKind::kLinear;
      head.blocks = 0;
    });
  });
  add([&](TrainOptions& o) {
    both_heads(o, [](HeadOptions& head) {
      head.kind = HeadKind::kGlu;
      head.blocks = 0;
    });
  });
  add([&](TrainOptions& o) { both_heads(o, [](HeadOptions& head) { head.scaling = FeatureScaling::kPca; }); });
  for (const ViewPooling pooling : {ViewPooling::kAttention, ViewPooling::kGpo}) {
    add([&](TrainOptions& o) {
      both_heads(o, [&](HeadOptions& head) {
        head.pooling = pooling;
        head.queries = 2;
      });
      o.image_head.pooled = {{.begin = 4, .count = 5, .width = 4, .tokens = true}};
      o.text_head.pooled = {{.begin = 0, .count = 4, .width = 4, .tokens = false}};
    });
  }
  return all;
}

void check_near(const at::Tensor& one, const at::Tensor& other, double epsilon) {
  CHECK((one.cpu() - other).abs().max().item<double>() <= epsilon * (other.abs().max().item<double>() + 1e-3));
}

/// The first step's gradients and what two epochs come to are those of the CPU.
void check_training_on(c10::Device device) {
  int number = 0;
  for (TrainOptions options : various_options()) {
    CAPTURE(number++);
    CAPTURE(loss_name(options.loss.kind));
    const auto here = tests::gradients_with(options);
    const TrainedHeads trained_here = train_heads(tests::toy_pairs(80, 5), options, {});
    options.device = device;
    const auto there = tests::gradients_with(options);
    REQUIRE(there.size() == here.size());
    for (std::size_t i = 0; i < here.size(); ++i) {
      CAPTURE(here[i].first);
      check_near(there[i].second, here[i].second, 2e-5);
    }
    const TrainedHeads trained_there = train_heads(tests::toy_pairs(80, 5), options, {});
    CHECK(trained_there.image.device().is_cpu());
    CHECK(trained_there.epochs.back().loss == doctest::Approx(trained_here.epochs.back().loss).epsilon(1e-3));
  }
}

void check_resuming_on(c10::Device device) {
  for (const OptimizerKind optimizer : {OptimizerKind::kAdamW, OptimizerKind::kLion}) {
    TrainOptions options = tests::toy_options();
    options.epochs = 3;
    options.optimizer = optimizer;
    options.loss.kind = LossKind::kSigLip;
    options.average_decay = 0.8;
    options.device = device;
    const tests::ScratchFolder folder;
    const PairedFeatures features = tests::toy_pairs(100, 10);
    std::vector<Checkpoint> moments;
    const TrainedHeads whole =
        train_heads(features, options, {}, {.on_state = [&](const TrainingState& state) {
                      write_checkpoint(folder.path(), options,
                                       {.features_folder = "/f", .features_plan = "p", .pairs = "q"}, state);
                      moments.push_back(read_checkpoint(folder.path(), device));
                    }});
    for (Checkpoint& moment : moments) {
      CHECK(checkpoint_device(folder.path()) == device.str());
      CHECK(moment.options.device == device);
      CHECK(moment.state.image.device() == device);
      const TrainedHeads resumed = train_from(std::move(moment.state), features, moment.options, {});
      for (std::size_t i = 0; i < whole.image.tensors().size(); ++i)
        CHECK(at::equal(resumed.image.tensors()[i].second, whole.image.tensors()[i].second));
      CHECK(resumed.epochs.back().loss == whole.epochs.back().loss);
    }
  }
}

}  // namespace

TEST_CASE("training on another device comes to what it comes to on the CPU, and goes on where it was interrupted" *
          doctest::test_suite("slow")) {
  check_training_on(tests::second_device());
  check_resuming_on(tests::second_device());
}

TEST_CASE("training on a GPU comes to what it comes to on the CPU, and goes on where it was interrupted" *
          doctest::test_suite("gpu")) {
  if (!at::globalContext().hasCUDA()) {
    std::cout << "SKIPPED: no GPU here\n";
    return;
  }
  at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
  check_training_on(c10::Device(c10::kCUDA, 0));
  check_resuming_on(c10::Device(c10::kCUDA, 0));
}
