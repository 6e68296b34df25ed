#include "tandem/training/trainer.h"

#include <ATen/ops/equal.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "tandem/retrieval/recall.h"
#include "training/toy_pairs.h"

using namespace tandem;
using tests::toy_options;
using tests::toy_pairs;

namespace {

DevQuality recall_on(const PairedFeatures& dev) {
  return [&dev](const ProjectionHead& image, const ProjectionHead& text) {
    return mean_recall(retrieval_ranks(embed_all(image, dev.image), embed_all(text, dev.text), dev.image_of_text));
  };
}

}  // namespace

TEST_CASE("training learns true pairs") {
  const PairedFeatures train = toy_pairs(300, 10);
  const PairedFeatures dev = toy_pairs(100, 11);
  const PairedFeatures test = toy_pairs(100, 12);
  const TrainedHeads trained = train_heads(train, toy_options(), recall_on(dev));
  const auto ranks =
      retrieval_ranks(embed_all(trained.image, test.image), embed_all(trained.text, test.text), test.image_of_text);
  CHECK(recall_at(ranks.text_to_image, 5) > 60);  // Chance is 5.
  CHECK(recall_at(ranks.image_to_text, 5) > 60);
  CHECK(trained.epochs.back().loss < trained.epochs.front().loss / 2);
}

TEST_CASE("every loss learns true pairs and none learns shuffled ones" * doctest::test_suite("slow")) {
  const PairedFeatures train = toy_pairs(300, 10);
  const PairedFeatures dev = toy_pairs(100, 11);
  const PairedFeatures test = toy_pairs(100, 12);
  for (const std::string& name : loss_names()) {
    CAPTURE(name);
    TrainOptions options = toy_options();
    options.loss.kind = *loss_named(name);
    options.initial_bias = -3;
    const auto recall = [&](bool shuffled) {
      options.shuffled = shuffled;
      const TrainedHeads trained = train_heads(train, options, recall_on(dev));
      return recall_at(
          retrieval_ranks(embed_all(trained.image, test.image), embed_all(trained.text, test.text), test.image_of_text)
              .text_to_image,
          5);
    };
    CHECK(recall(false) > 50);  // Chance is 5.
    CHECK(recall(true) < 12);
  }
}

TEST_CASE("the logit scale moves only when it is learned and means something") {
  const PairedFeatures train = toy_pairs(100, 10);
  const PairedFeatures dev = toy_pairs(50, 11);
  const auto scale_after = [&](LossKind kind, bool learn) {
    TrainOptions options = toy_options();
    options.epochs = 2;
    options.loss.kind = kind;
    options.learn_scale = learn;
    return train_heads(train, options, recall_on(dev)).logit_scale;
  };
  const double before = toy_options().initial_scale;
  CHECK(scale_after(LossKind::kInfoNce, true) != doctest::Approx(before).epsilon(1e-4));
  CHECK(scale_after(LossKind::kInfoNce, false) == doctest::Approx(before).epsilon(1e-5));
  CHECK(scale_after(LossKind::kSumHinge, true) == doctest::Approx(before).epsilon(1e-5));
}

TEST_CASE("training on shuffled pairs stays at chance" * doctest::test_suite("slow")) {
  const PairedFeatures train = toy_pairs(300, 10);
  const PairedFeatures dev = toy_pairs(100, 11);
  const PairedFeatures test = toy_pairs(100, 12);
  TrainOptions options = toy_options();
  options.shuffled = true;
  const TrainedHeads trained = train_heads(train, options, recall_on(dev));
  const auto ranks =
      retrieval_ranks(embed_all(trained.image, test.image), embed_all(trained.text, test.text), test.image_of_text);
  CHECK(recall_at(ranks.text_to_image, 10) < 20);  // Chance is 10; four standard deviations of 200 draws are 8.5.
  CHECK(summarise_ranks(ranks.text_to_image).mean_rank > 40);
}

TEST_CASE("the same seed gives the same bits and another seed others") {
  const PairedFeatures train = toy_pairs(100, 10);
  const PairedFeatures dev = toy_pairs(50, 11);
  TrainOptions options = toy_options();
  options.epochs = 3;
  const TrainedHeads one = train_heads(train, options, recall_on(dev));
  const TrainedHeads same = train_heads(train, options, recall_on(dev));
  options.seed = 4;
  const TrainedHeads other = train_heads(train, options, recall_on(dev));
  CHECK(at::equal(one.image.embed(dev.image), same.image.embed(dev.image)));
  CHECK(one.epochs.back().loss == same.epochs.back().loss);
  CHECK(!at::equal(one.image.embed(dev.image), other.image.embed(dev.image)));
}

TEST_CASE("the heads of the best epoch are kept and of equals the earlier") {
  const PairedFeatures train = toy_pairs(64, 10);
  TrainOptions options = toy_options();
  options.epochs = 5;
  const std::vector<double> script = {1, 7, 3, 7, 2};
  std::vector<at::Tensor> seen;
  const TrainedHeads trained = train_heads(train, options, [&](const ProjectionHead& image, const ProjectionHead&) {
    seen.push_back(embed_all(image, train.image));
    return script[seen.size() - 1];
  });
  CHECK(trained.best_epoch == 2);
  CHECK(at::equal(embed_all(trained.image, train.image), seen[1]));
  CHECK(!at::equal(seen[1], seen[4]));
}

TEST_CASE("the logit scale is learned and stays within its clamps") {
  const PairedFeatures train = toy_pairs(200, 10);
  TrainOptions options = toy_options();
  options.largest_scale = 15;
  const TrainedHeads trained = train_heads(train, options, [](const auto&, const auto&) { return 0.0; });
  CHECK(trained.epochs.back().logit_scale <= 15.0001);
  CHECK(trained.epochs.back().logit_scale != doctest::Approx(options.initial_scale));
}

TEST_CASE("a loss that is not finite ends training in words") {
  PairedFeatures train = toy_pairs(64, 10);
  TrainOptions options = toy_options();
  options.learning_rate = 1e30;
  options.gradient_clip = 0;
  CHECK_THROWS_WITH_AS(train_heads(train, options, [](const auto&, const auto&) { return 0.0; }),
                       doctest::Contains("must stay finite"), c10::ValueError);
  train.image[5][3] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(train_heads(train, toy_options(), [](const auto&, const auto&) { return 0.0; }),
                       doctest::Contains("got NaN or infinity in row 5"), c10::ValueError);
}

TEST_CASE("features that are all the same end training in words before it begins") {
  PairedFeatures train = toy_pairs(64, 10);
  train.text = train.text.narrow(0, 0, 1).expand({128, 16}).contiguous();
  CHECK_THROWS_WITH_AS(train_heads(train, toy_options(), {}),
                       doctest::Contains("features of captions must differ from one another, got 128 equal rows"),
                       c10::ValueError);
}

TEST_CASE("without dev the last epoch is kept") {
  const PairedFeatures train = toy_pairs(64, 10);
  TrainOptions options = toy_options();
  options.epochs = 3;
  const TrainedHeads trained = train_heads(train, options, {});
  CHECK(trained.best_epoch == 3);
  CHECK(!trained.epochs[2].dev_recall);
}

TEST_CASE("training stops when dev has not improved for as many epochs as patience allows") {
  TrainOptions options = toy_options();
  options.epochs = 20;
  options.patience = 3;
  const std::vector<double> script = {1, 5, 4, 6, 3, 6, 2, 9};
  std::size_t measured = 0;
  const TrainedHeads trained =
      train_heads(toy_pairs(64, 10), options, [&](const auto&, const auto&) { return script[measured++]; });
  CHECK(trained.epochs.size() == 7);
  CHECK(trained.best_epoch == 4);
}

TEST_CASE("averaged weights are what is measured and kept and they learn") {
  const PairedFeatures train = toy_pairs(300, 10);
  const PairedFeatures dev = toy_pairs(100, 11);
  TrainOptions options = toy_options();
  options.average_decay = 0.9;
  std::optional<TrainingState> last;
  const TrainedHeads averaged =
      train_heads(train, options, recall_on(dev), {.on_state = [&](const TrainingState& state) { last = state; }});
  CHECK(!at::equal(averaged.image.embed(dev.image), last->image.embed(dev.image)));
  CHECK(*averaged.epochs[averaged.best_epoch - 1].dev_recall ==
        doctest::Approx(recall_on(dev)(averaged.image, averaged.text)));
  CHECK(*averaged.epochs[averaged.best_epoch - 1].dev_recall > 50);
}

TEST_CASE("both optimizers and schedules and every head learn") {
  const PairedFeatures train = toy_pairs(300, 10);
  const PairedFeatures dev = toy_pairs(100, 11);
  const auto learns = [&](const TrainOptions& options) {
    const TrainedHeads trained = train_heads(train, options, recall_on(dev));
    CHECK(*trained.epochs[trained.best_epoch - 1].dev_recall > 55);
  };
  TrainOptions options = toy_options();
  options.schedule = ScheduleKind::kConstant;
  learns(options);
  options.optimizer = OptimizerKind::kLion;
  options.learning_rate = 1e-3;
  learns(options);
  for (const HeadKind kind : {HeadKind::kLinear, HeadKind::kGlu}) {
    options = toy_options();
    for (HeadOptions* head : {&options.image_head, &options.text_head}) {
      head->kind = kind;
      head->blocks = 0;
    }
    learns(options);
  }
}

TEST_CASE("options out of range are named") {
  const PairedFeatures train = toy_pairs(8, 10);
  const auto complaint = [&](TrainOptions options) -> std::string {
    try {
      train_heads(train, options, [](const auto&, const auto&) { return 0.0; });
    } catch (const c10::ValueError& error) {
      return error.what_without_backtrace();
    }
    return "";
  };
  TrainOptions options = toy_options();
  options.epochs = 0;
  CHECK(complaint(options).find("epochs must be positive, got 0") != std::string::npos);
  options = toy_options();
  options.batch_size = 1;
  CHECK(complaint(options).find("batch_size must be at least 2") != std::string::npos);
  options = toy_options();
  options.learning_rate = -1;
  CHECK(complaint(options).find("learning_rate must be positive") != std::string::npos);
}
