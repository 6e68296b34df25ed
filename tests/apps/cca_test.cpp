#include <doctest/doctest.h>

#include "apps/feature_arrays.h"
#include "tandem/model/ensemble_weights.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Words = std::vector<std::string>;

Json told_by(Words words) {
  words.emplace_back("--json");
  return Json::parse(successful(words));
}

/// Mean of the six recalls of a split.
double recall_of(const std::string& run, const std::string& split) {
  const Json json = told_by({"eval", run, "--split", split, "--samples", "0"});
  double sum = 0;
  for (const char* way : {"image_to_text", "text_to_image"}) {
    for (const char* k : {"r1", "r5", "r10"}) sum += json.at(way).at(k).get<double>();
  }
  return sum / 6;
}

std::string trained(const ScratchFolder& folder, const std::string& features, const std::string& name,
                    const std::string& seed) {
  successful({"train", features, "--out", folder / name, "--epochs", "2", "--hidden", "24", "--width", "12",
              "--batch-size", "60", "--seed", seed, "--json"});
  return folder / name;
}

}  // namespace

TEST_CASE("cca chooses on dev, is the baseline of that name, and makes a run for every command" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(300));
  const std::string run = folder / "linear";
  const Json told = told_by({"cca", features, "--out", run});
  CHECK(told.at("tried").size() == 35);
  for (const Json& tried : told.at("tried")) CHECK(tried.at("dev_mean_recall") <= told.at("dev_mean_recall"));
  CHECK(told.at("width") == 16);  // the narrower side's
  CHECK(told.at("dev_mean_recall").get<double>() == doctest::Approx(recall_of(run, "dev")));
  const Json baselines = told_by({"baselines", run});
  for (const Json& model : baselines.at("models")) {
    if (model.at("name") != "cca" && model.at("name") != "the run, solved for") continue;
    CHECK(model.at("mean_recall").get<double>() == doctest::Approx(recall_of(run, "test")));
    CHECK(model.at("settings").at("power") == told.at("power"));
  }
  const Json kept = read_checked_json(run + "/run.json");
  CHECK(kept.at("version") == 4);
  CHECK(kept.at("cca").at("regularisation") == told.at("regularisation"));
  CHECK(told_by({"eval", run}).at("seed").is_null());
  const std::string report = successful({"eval", run, "--samples", "0"});
  CHECK(report.find("CCA with regularisation") != std::string::npos);
  CHECK(report.find("the settings were chosen on dev (mean recall there") != std::string::npos);
  successful({"correct", run, "--method", "nnn", "--bank", "60", "--json"});
  successful({"geometry", run, "--json"});
  CHECK(told_by({"search", run, "--id", "4", "--split", "test", "-k", "3"}).at("results").size() == 3);
  successful(
      {"figures", run, "--out", folder / "figures", "--method", "pca", "--pairs", "40", "--format", "svg", "--json"});
  CHECK(!std::filesystem::exists(folder / "figures/training-curves.svg"));
  CHECK(told_by({"audit", run, "--split", "train", "--folds", "2"}).contains("pairs"));
  refused({"audit", run, "--split", "train", "--epochs", "3", "--json"},
          {"--epochs is of heads that are trained, got a run of CCA"});
}

TEST_CASE("the same heads again, without a seed, and none from shuffled pairs" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(300));
  successful({"cca", features, "--out", folder / "one", "--json"});
  successful({"cca", features, "--out", folder / "two", "--json"});
  CHECK(read_file(folder / "one/heads.safetensors") == read_file(folder / "two/heads.safetensors"));
  const double there = recall_of(folder / "one", "test");
  successful({"cca", features, "--out", folder / "control", "--shuffled", "--json"});
  CHECK(there > 60);
  CHECK(recall_of(folder / "control", "test") < 20);  // chance is some 10
  CHECK(successful({"eval", folder / "control", "--samples", "0"}).find("CONTROL") != std::string::npos);
  // Without dev nothing is chosen, and what is asked for is taken.
  const Json plain = told_by({"cca", features, "--out", folder / "plain", "--no-dev"});
  const Json given = told_by({"cca", features, "--out", folder / "given", "--no-dev", "--regularisation", "2",
                              "--power", "0", "--width", "5"});
  CHECK(plain.at("regularisation") == 1);
  CHECK(plain.at("power") == 0.5);
  CHECK(plain.at("dev_mean_recall").is_null());
  CHECK(given.at("regularisation") == 2);
  CHECK(given.at("width") == 5);
}

TEST_CASE("trained and solved heads join, with weights given or chosen on dev" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(300));
  const std::string one = trained(folder, features, "one", "1");
  const std::string two = trained(folder, features, "two", "2");
  successful({"cca", features, "--out", folder / "linear", "--json"});
  const Json chosen = told_by({"ensemble", one, folder / "linear", "--out", folder / "both", "--weights", "dev"});
  CHECK(chosen.at("weights_chosen_on_dev") == true);
  CHECK(chosen.at("dev_mean_recall").get<double>() == doctest::Approx(recall_of(folder / "both", "dev")));
  const Json equal = told_by({"ensemble", one, folder / "linear", "--out", folder / "equal"});
  CHECK(equal.at("members")[1].at("weight") == 0.5);
  CHECK(chosen.at("dev_mean_recall") >= equal.at("dev_mean_recall"));
  const std::string report = successful({"eval", folder / "both", "--samples", "0"});
  CHECK(report.find("ensemble of 2, seed 1, CCA with regularisation") != std::string::npos);
  CHECK(report.find("their weights on dev") != std::string::npos);

  // Weights are those of the runs; an ensemble's members share its.
  successful({"ensemble", one, two, "--out", folder / "pair", "--json"});
  const Json given =
      told_by({"ensemble", folder / "pair", folder / "linear", "--out", folder / "three", "--weights", "1", "3"});
  CHECK(given.at("members")[1].at("weight") == 0.75);
  const Json members = read_checked_json(folder / "three/run.json").at("members");
  CHECK(members.at(0).at("weight") == 0.125);
  CHECK(members.at(2).at("weight") == 0.75);
  CHECK(members.at(2).at("cca").at("power").is_number());
  CHECK(told_by({"eval", folder / "three"}).at("seeds") == Json{1, 2});
  // Taken apart and given again, they come to the same.
  successful({"ensemble", one, two, folder / "linear", "--out", folder / "flat", "--weights", "1", "1", "6", "--json"});
  CHECK(recall_of(folder / "flat", "test") == doctest::Approx(recall_of(folder / "three", "test")));

  refused({"ensemble", one, two, "--out", folder / "no", "--weights", "1"},
          {"--weights must be \"dev\" or a number for each of 2 runs, got 1"});
  refused({"ensemble", one, two, "--out", folder / "no", "--weights", "1", "-2"}, {"numbers above 0, got \"-2\""});
  refused({"ensemble", one, two, "--out", folder / "no", "--weights", "1", "2x"}, {"numbers above 0, got \"2x\""});
  refused({"ensemble", one, two, "--out", folder / "no", "--weights", "dev", "--no-dev"},
          {"--weights dev chooses on dev, got --no-dev too"});
  CHECK(!std::filesystem::exists(folder / "no"));
}

TEST_CASE("the search for weights finds what is good and leaves what is useless little" * doctest::test_suite("slow")) {
  at::Generator chance = at::detail::createCPUGenerator(3);
  const auto unit = [](const at::Tensor& rows) { return rows / rows.norm(2, {1}, true); };
  const at::Tensor cause = at::randn({80, 8}, chance);
  const at::Tensor partner = at::arange(80, at::kLong);
  const auto view = [&](double noise) {
    return DevEmbeddings{.image = unit(cause + at::randn({80, 8}, chance) * noise),
                         .text = unit(cause + at::randn({80, 8}, chance) * noise)};
  };
  const std::vector<DevEmbeddings> runs = {view(0.8), view(0.8), view(50)};
  std::int64_t done = 0, total = 0;
  const ChosenWeights found =
      weights_chosen_on_dev(runs, {1, 1, 1}, partner, [&](std::int64_t d, std::int64_t t) { done = d, total = t; });
  CHECK(found.weights[0] == 1);
  CHECK(found.weights[2] < 0.5);
  CHECK(found.recall > weighted_recall(runs, {1, 1, 1}, partner));
  CHECK(found.recall == weighted_recall(runs, found.weights, partner));
  CHECK(weighted_recall(runs, {2, 2, 1}, partner) == weighted_recall(runs, {4, 4, 2}, partner));
  CHECK(done == total);
}

TEST_CASE("what cca cannot do is refused in one sentence, and nothing is left behind" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  FeatureArrays arrays = feature_arrays(60);
  const std::string features = import_arrays(folder, arrays);
  const auto solves = [&](const Words& more) {
    Words words = {"cca", features, "--out", folder / "run"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  refused(solves({"--regularisation", "0"}), {"--regularisation must be above 0, got 0"});
  refused(solves({"--power", "-1"}), {"--power must be 0 or more, got -1"});
  refused(solves({"--width", "0"}), {"--width must be positive, got 0"});
  refused(solves({"--no-dev", "--power", "0", "1"}),
          {"with --no-dev one --regularisation and one --power were needed, got 2 settings"});
  refused({"cca", folder / "none", "--out", folder / "run"}, {"none"});
  CHECK(!std::filesystem::exists(folder / "run"));
  successful(solves({"--json"}));
  const std::string before = read_file(folder / "run/run.json");
  refused(solves({}), {"run: expected a folder without a run (--overwrite replaces it", "found a finished run"});
  CHECK(read_file(folder / "run/run.json") == before);

  for (std::size_t at = arrays.splits.find("dev"); at != std::string::npos; at = arrays.splits.find("dev"))
    arrays.splits.replace(at, 3, "test");
  refused({"cca", import_arrays(folder, arrays, "no-dev"), "--out", folder / "other"},
          {"dev pictures to choose on (--no-dev goes without them), found none"});
  arrays = feature_arrays(60);
  arrays.image.fill_(1);
  refused({"cca", import_arrays(folder, arrays, "constant"), "--out", folder / "other"}, {"pictures"});
}
