#include <doctest/doctest.h>

#include <algorithm>

#include "apps/feature_arrays.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Words = std::vector<std::string>;

/// Trains a small run and returns its folder.
std::string member(const ScratchFolder& folder, const std::string& features, const std::string& name,
                   const Words& more) {
  Words words = {"train", features, "--out", folder / name, "--epochs", "3", "--batch-size", "60", "--json"};
  words.insert(words.end(), more.begin(), more.end());
  if (std::find(more.begin(), more.end(), "linear") == more.end()) words.insert(words.end(), {"--hidden", "24"});
  successful(words);
  return folder / name;
}

Json evaluated(const std::string& run) {
  return Json::parse(successful({"eval", run, "--split", "dev", "--samples", "0", "--json"}));
}

}  // namespace

TEST_CASE("an ensemble of runs is a run: measured, corrected, searched, drawn and joined again" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(300));
  const std::string one = member(folder, features, "one", {"--seed", "1", "--width", "12"});
  const std::string two = member(folder, features, "two", {"--seed", "2", "--width", "10"});
  const std::string three = member(folder, features, "three", {"--seed", "3", "--head", "linear", "--width", "8"});
  const Json told = Json::parse(successful({"ensemble", one, two, three, "--out", folder / "all", "--json"}));
  CHECK(told.at("width") == 12 + 10 + 8);
  const Json measured = evaluated(folder / "all");
  CHECK(measured.at("seeds") == Json{1, 2, 3});
  CHECK(measured.at("seed").is_null());
  double sum = 0;
  for (const char* way : {"image_to_text", "text_to_image"}) {
    for (const char* k : {"r1", "r5", "r10"}) sum += measured.at(way).at(k).get<double>();
  }
  CHECK(told.at("dev_mean_recall").get<double>() == doctest::Approx(sum / 6));
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string run = told.at("members").at(i).at("run");
    CHECK(told.at("members").at(i).at("dev_mean_recall") == read_checked_json(run + "/run.json").at("dev_mean_recall"));
  }
  const Json run = read_checked_json(folder / "all/run.json");
  CHECK(run.at("version") == 3);
  CHECK(run.at("members").at(2).at("options").at("image_head").at("kind") == "linear");

  successful({"correct", folder / "all", "--method", "nnn", "--bank", "60", "--json"});
  CHECK(evaluated(folder / "all").at("corrected").at("method") == "nnn");
  CHECK(Json::parse(successful({"search", folder / "all", "--id", "4", "--split", "test", "-k", "3", "--json"}))
            .at("results")
            .size() == 3);
  successful({"geometry", folder / "all", "--json"});
  successful({"figures", folder / "all", "--out", folder / "figures", "--method", "pca", "--pairs", "40", "--format",
              "svg", "--json"});
  CHECK(std::filesystem::exists(folder / "figures/joint-map.svg"));
  CHECK(!std::filesystem::exists(folder / "figures/training-curves.svg"));  // each member has its own

  const std::string four = member(folder, features, "four", {"--seed", "4", "--width", "6"});
  const Json larger =
      Json::parse(successful({"ensemble", folder / "all", four, "--out", folder / "larger", "--no-dev", "--json"}));
  CHECK(larger.at("width") == 30 + 6);
  CHECK(larger.at("dev_mean_recall").is_null());
  CHECK(evaluated(folder / "larger").at("seeds") == Json{1, 2, 3, 4});
  CHECK(successful({"eval", folder / "larger", "--samples", "0"}).find("ensemble of 4, seeds 1, 2, 3, 4") !=
        std::string::npos);
}

TEST_CASE("runs that make no ensemble are refused and nothing is lost" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const FeatureArrays arrays = feature_arrays(150);
  const std::string features = import_arrays(folder, arrays);
  const std::string one = member(folder, features, "one", {"--width", "12", "--seed", "1"});
  const std::string two = member(folder, features, "two", {"--width", "12", "--seed", "2"});
  const auto joins = [&](const std::string& other) { return Words{"ensemble", one, other, "--out", folder / "all"}; };
  CHECK(tandem_program({"ensemble", one, "--out", folder / "all"}).code == 2);
  refused(joins(one), {"one: expected every run once, found it twice"});
  refused(joins(folder / "none"), {"none: expected a run", "found nothing of that name"});
  refused(joins(member(folder, features, "control", {"--width", "12", "--shuffled"})),
          {"control: expected a run trained on true pairs", "found a control on shuffled ones"});
  FeatureArrays moved = arrays;
  moved.image = arrays.image + 1;
  refused(joins(member(folder, import_arrays(folder, moved, "moved"), "other", {"--width", "12"})),
          {"other: expected a run "});
  CHECK(!std::filesystem::exists(folder / "all"));

  successful(joins(two));
  const std::string before = read_file(folder / "all/run.json");
  refused(joins(two), {"all: expected a folder without a run (--overwrite replaces it", "found a finished run"});
  refused({"ensemble", one, two, "--out", two, "--overwrite"},
          {"two: expected another folder than those of the members"});
  CHECK(read_file(folder / "all/run.json") == before);
  refused({"finetune", folder / "all", "--out", folder / "tuned", "--lora", "2"},
          {"finetune: a run of one pair of heads was needed, got an ensemble of 2"});
}
