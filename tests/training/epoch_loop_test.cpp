#include "tandem/training/epoch_loop.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <doctest/doctest.h>

#include <utility>

#include "tandem/base/stop.h"

using namespace tandem;

namespace {

/// A training without weights: the loss of a step is its number, dev is by script.
class ScriptedTraining final : public EpochTraining {
 public:
  ScriptedTraining(EpochCourse& course, std::vector<double> script) : course_(course), script_(std::move(script)) {}

  at::Tensor order(std::int64_t epoch) const override { return at::arange(10, at::kLong) + 100 * epoch; }
  void step(const at::Tensor& captions) override {
    seen.push_back(captions[0].item<std::int64_t>());
    course_.count_step(static_cast<double>(seen.size()), 0.5);
  }
  void on_step() override { ++steps_reported; }
  double logit_scale() const override { return 7; }
  std::optional<double> dev_recall() const override {
    if (script_.empty()) return std::nullopt;
    return script_[course_.epochs.size()];
  }
  void keep_weights() override { kept.push_back(course_.epoch); }
  void on_epoch(const EpochReport& report) override { reports.push_back(report); }
  void on_state() override { states.emplace_back(course_.epoch, course_.batch); }
  bool stop_asked() override { return stop_at == std::pair(course_.epoch, course_.batch); }

  std::vector<std::int64_t> seen, kept;
  std::vector<EpochReport> reports;
  std::vector<std::pair<std::int64_t, std::int64_t>> states;
  std::pair<std::int64_t, std::int64_t> stop_at;
  int steps_reported = 0;

 private:
  EpochCourse& course_;
  std::vector<double> script_;
};

constexpr EpochPlan kThreeBatches = {.epochs = 2, .batches = 3, .batch_size = 3};

}  // namespace

TEST_CASE("every epoch visits its batches in its order and reports their mean loss") {
  EpochCourse course;
  ScriptedTraining training(course, {});
  run_epochs(training, course, kThreeBatches);
  CHECK(training.seen == std::vector<std::int64_t>{100, 103, 106, 200, 203, 206});
  CHECK(training.steps_reported == 6);
  REQUIRE(training.reports.size() == 2);
  CHECK(training.reports[0].loss == 2);
  CHECK(training.reports[1].loss == 5);
  CHECK(training.reports[1].epoch == 2);
  CHECK(training.reports[1].logit_scale == 7);
  CHECK(training.reports[1].learning_rate == 0.5);
  CHECK(!training.reports[1].dev_recall);
  CHECK(*course.best_epoch == 2);
  CHECK(course.steps_done(3) == 6);
  // After an epoch's last step the state is that after the epoch.
  const std::vector<std::pair<std::int64_t, std::int64_t>> states = {{1, 1}, {1, 2}, {2, 0}, {2, 1}, {2, 2}, {3, 0}};
  CHECK(training.states == states);
}

TEST_CASE("weights are kept when dev gets better, the earlier of equals stays, and patience ends the training") {
  EpochCourse course;
  ScriptedTraining training(course, {1, 5, 5, 4, 6});
  run_epochs(training, course, {.epochs = 5, .batches = 1, .batch_size = 10, .patience = 2});
  CHECK(training.kept == std::vector<std::int64_t>{1, 2});
  CHECK(*course.best_epoch == 2);
  CHECK(course.epochs.size() == 4);
}

TEST_CASE("a start that was measured is what the first epoch has to beat") {
  EpochCourse course{.epochs = {{.epoch = 0, .dev_recall = 3}}, .best_epoch = 0};
  ScriptedTraining training(course, {3, 2, 4});
  run_epochs(training, course, {.epochs = 2, .batches = 1, .batch_size = 10});
  CHECK(training.kept == std::vector<std::int64_t>{2});
  CHECK(*course.best_epoch == 2);
}

TEST_CASE("stopped at any moment but the last, a training goes on from there with the steps that are left") {
  for (const auto& [epoch, batch] : {std::pair(1, 1), std::pair(1, 2), std::pair(2, 0), std::pair(2, 2)}) {
    EpochCourse course;
    ScriptedTraining training(course, {1, 2});
    training.stop_at = {epoch, batch};
    CHECK_THROWS_AS(run_epochs(training, course, kThreeBatches), Stopped);
    training.stop_at = {};
    run_epochs(training, course, kThreeBatches);
    CHECK(training.seen == std::vector<std::int64_t>{100, 103, 106, 200, 203, 206});
    CHECK(course.epochs[0].loss == 2);
    CHECK(course.epochs[1].loss == 5);
  }
  EpochCourse course;
  ScriptedTraining training(course, {1, 2});
  training.stop_at = {3, 0};
  run_epochs(training, course, kThreeBatches);
  CHECK(course.epochs.size() == 2);
}
