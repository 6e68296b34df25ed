#include "tandem/evaluation/sweep_outcome.h"

#include <doctest/doctest.h>

#include "model/toy_store.h"
#include "tandem/base/errors.h"
#include "tandem/model/run_folder.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using tests::import_toy_store;
using tests::ScratchFolder;
using tests::toy_options;

namespace {

/// True pairs and, worse, the control; two seeds each.
std::vector<Contender> two_contenders(const SweepData& data) {
  const Configuration plain{.label = "plain", .options = toy_options()};
  Configuration control{.label = "control", .options = toy_options()};
  control.options.shuffled = true;
  return contenders({control, plain}, 2, data.train, c10::kCPU);
}

}  // namespace

TEST_CASE("a sweep's outcome names the best on dev, measures it on test and keeps its run") {
  const ScratchFolder folder;
  import_toy_store(folder / "features", 200);
  make_folder(folder / "sweep");
  const SweepData data = open_sweep_data(folder / "features");
  std::vector<std::string> stages, lines;
  std::string curves;
  const SweepOptions options{.out = folder / "sweep",
                             .grid = "grid.toml",
                             .draw_curves = [&](const std::filesystem::path& file, const TrainedHeads&) {
                               curves = file.filename().string();
                             }};
  const SweepWatchers watchers{.stages =
                                   [&](const std::string& doing, const std::string&) {
                                     stages.push_back(doing);
                                     return Progress();
                                   },
                               .notice = [&](const std::string& line) { lines.push_back(line); }};
  const SweepOutcome outcome = sweep_outcome(two_contenders(data), data, options, watchers);
  CHECK((stages == std::vector<std::string>{"sweeping", "fitting"}));
  CHECK(lines.front() == "2 configurations, 4 trials; none was finished before");
  CHECK(curves == kCurvesName);
  CHECK(outcome.data == "toy");
  CHECK(outcome.test_pictures == 40);
  REQUIRE(outcome.standings.size() == 2);
  CHECK(outcome.contenders[outcome.standings[0].configuration].label == "plain");
  CHECK(outcome.chosen.size() == 2);
  CHECK_FALSE(outcome.baselines.empty());
  CHECK(open_run(folder / "sweep/best").options.seed == outcome.best_seed);

  // Again nothing is trained, and the run that is the same stays.
  const auto before = std::filesystem::last_write_time(folder / "sweep/best/run.json");
  lines.clear();
  const SweepOutcome again = sweep_outcome(two_contenders(data), data, options, watchers);
  CHECK((lines == std::vector<std::string>{"2 configurations, 4 trials; 4 were finished before"}));
  CHECK(again.best_seed == outcome.best_seed);
  CHECK((std::filesystem::last_write_time(folder / "sweep/best/run.json") == before));
}

TEST_CASE("a sweep stops where it is asked to and refuses a grid of failures") {
  const ScratchFolder folder;
  import_toy_store(folder / "features");
  make_folder(folder / "sweep");
  const SweepData data = open_sweep_data(folder / "features");
  CHECK_THROWS_AS(sweep_outcome(two_contenders(data), data, {.out = folder / "sweep"}, {.stop = [] { return true; }}),
                  Stopped);
  Configuration bad{.label = "bad", .options = toy_options()};
  bad.options.epochs = 40;
  bad.options.weight_decay = 1e38;
  bad.options.gradient_clip = 0;
  const std::vector<Contender> failing = contenders({bad}, 1, data.train, c10::kCPU);
  CHECK_THROWS_WITH_AS(sweep_outcome(failing, data, {.out = folder / "sweep", .grid = "grid.toml"}),
                       doctest::Contains("grid.toml: expected a configuration that can be trained, found bad, seed 1"),
                       FileError);
}
