#include <doctest/doctest.h>

#include <set>

#include "apps/feature_arrays.h"
#include "apps/program.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE(
    "figures of a run: seven, in the formats asked for, with numbers that training must have moved, the same for the "
    "same seed" *
    doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(60));
  const std::string run = folder / "run";
  successful({"train", features, "--out", run, "--head", "linear", "--width", "8", "--epochs", "20", "--batch-size",
              "36", "--json"});
  const std::vector<std::string> command = {"figures", run,         "--format", "svg,png", "--method",
                                            "pca",     "--queries", "2",        "--json",  "--out"};
  const auto drawn = [&](const std::string& out, const std::vector<std::string>& more) {
    std::vector<std::string> words = command;
    words.push_back(folder / out);
    words.insert(words.end(), more.begin(), more.end());
    return Json::parse(successful(words));
  };
  const Json told = drawn("figures", {});
  const std::set<std::string> names = {"joint-map",       "similarity-matrix", "similarity-histogram", "recall-curves",
                                       "training-curves", "caption-queries",   "picture-queries"};
  REQUIRE(told.at("files").size() == 2 * names.size());
  for (const std::string& name : names) {
    CHECK_MESSAGE(read_file(folder / ("figures/" + name + ".svg")).find("<svg") != std::string::npos, name);
    CHECK_MESSAGE(read_file(folder / ("figures/" + name + ".png")).starts_with("\x89PNG"), name);
  }
  CHECK(told.at("similarities").at("auc").get<double>() > 0.9);
  CHECK(told.at("similarities").at("aligned_mean").get<double>() >
        told.at("similarities").at("misaligned_mean").get<double>());
  CHECK(read_file(folder / "figures/joint-map.svg").find("12 pairs of imported, split test") != std::string::npos);

  drawn("again", {});
  drawn("other", {"--seed", "5"});
  const auto same = [&](const std::string& other, const std::string& name) {
    return read_file(folder / ("figures/" + name + ".svg")) == read_file(folder / (other + "/" + name + ".svg"));
  };
  for (const std::string& name : names) CHECK_MESSAGE(same("again", name), name);
  CHECK(!same("other", "caption-queries"));
  CHECK(same("other", "recall-curves"));  // of all pairs, whatever is drawn

  const Json dark = drawn("figures", {"--dark"});
  CHECK(dark.at("files")[0].get<std::string>().find("-dark.svg") != std::string::npos);
  CHECK(std::filesystem::exists(folder / "figures/joint-map.svg"));

  refused({"figures", run, "--out", folder / "figures", "--split", "holdout"}, {"holdout"});
  refused({"figures", features, "--out", folder / "figures"}, {"run.json"});
}
