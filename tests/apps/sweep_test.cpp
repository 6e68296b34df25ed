#include <doctest/doctest.h>

#include "apps/feature_arrays.h"
#include "tandem/storage/folder_lock.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

constexpr const char* kGrid = R"(
[options]
epochs = 4
batch_size = 64
head = { embedding_width = 16, hidden_width = 32, dropout = 0.1, feature_noise = 0.1 }
learning_rate = 5e-3
[grid]
loss.kind = ["info-nce", "siglip"]
shuffled = [false, true]
)";

std::vector<std::string> sweep_words(const ScratchFolder& folder, const std::string& features,
                                     const std::string& out = "sweep") {
  return {"sweep",     features, "--grid", folder / "grid.toml", "--out", folder / out, "--seeds", "2",
          "--threads", "1",      "--json"};
}

std::int64_t files_with(const std::filesystem::path& folder, const std::string& extension) {
  std::int64_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    count += entry.path().extension() == extension ? 1 : 0;
  return count;
}

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_CASE(
    "a sweep puts true pairs before the control, measures the chosen one and writes its run; it goes on from what is "
    "there" *
    doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(200));
  write_file(folder / "grid.toml", kGrid);
  const Json result = Json::parse(successful(sweep_words(folder, features)));
  REQUIRE(result["configurations"].size() == 4);
  for (std::size_t place = 0; place < 4; ++place)
    CHECK(result["configurations"][place]["options"]["shuffled"] == (place >= 2));
  CHECK(result["configurations"][3]["p"] < 0.01);
  CHECK(result["configurations"][0]["seeds"].size() == 2);
  CHECK(result["test"]["chosen"]["mean_recall"]["mean"] > 50);
  CHECK(result["test"]["baselines"].size() == 5);
  CHECK(files_with(folder / "sweep/trials", ".json") == 8);
  CHECK(files_with(folder / "sweep/trials", ".safetensors") == 2);  // the best configuration's
  CHECK(read_json(folder / "sweep/result.json") == result);

  // The best run is a run: baselines measure its heads, to the numbers of the sweep.
  const Json beside = Json::parse(successful({"baselines", folder / "sweep/best", "--json"}));
  REQUIRE(beside["models"].size() == 6);
  const std::size_t seed = result["best"]["seed"].get<std::size_t>() - 1;
  CHECK(beside["models"][5]["mean_recall"].get<double>() ==
        doctest::Approx(result["test"]["seeds"][seed]["mean_recall"].get<double>()).epsilon(0.01));
  CHECK(beside["models"][0]["mean_recall"].get<double>() ==
        doctest::Approx(result["test"]["baselines"][0]["mean_recall"].get<double>()).epsilon(0.01));

  // A trial that is missing is trained again, to the same numbers, by itself or beside others.
  std::vector<std::filesystem::path> records;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "sweep/trials")) {
    if (entry.path().extension() == ".json") records.push_back(entry.path());
  }
  for (std::size_t r = 0; r < 3; ++r) std::filesystem::remove(records.at(r));
  const Outcome again = tandem_program(with(sweep_words(folder, features), {"--jobs", "2"}));
  CHECK_MESSAGE(again.code == 0, again.err);
  CHECK(again.err.find("4 configurations, 8 trials; 5 were finished before") != std::string::npos);
  CHECK(Json::parse(again.out) == result);

  // Another grid takes over what belongs to it.
  std::string wider = kGrid;
  wider.replace(wider.find("\"siglip\""), 8, "\"dcl\"");
  write_file(folder / "grid.toml", wider);
  const Outcome other = tandem_program(sweep_words(folder, features));
  CHECK_MESSAGE(other.code == 0, other.err);
  CHECK_MESSAGE(
      other.err.find("4 were finished before; 4 others in the folder are of another grid or other features") !=
          std::string::npos,
      other.err);
}

TEST_CASE("random search draws what the grid cannot, and a trial that fails is said so and does not stop the others" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(60));
  write_file(folder / "grid.toml",
             "[options]\nepochs = 1\nbatch_size = 32\nhead = { embedding_width = 8, hidden_width = 8 }\ngradient_clip "
             "= 0\n[random]\nlearning_rate = { log_uniform = [1e-3, 1e-2] }\n"
             "[[cases]]\nname = \"good\"\n[[cases]]\nname = \"bad\"\nweight_decay = 1e38\nepochs = 40\n");
  const Json result = Json::parse(successful(with(sweep_words(folder, features), {"--random", "8"})));
  CHECK(result["configurations"].size() + result["failed"].size() / 2 == 8);
  CHECK(result["failed"].size() > 0);
  for (const Json& one : result["configurations"])
    CHECK(one["label"].get<std::string>().starts_with("good, learning_rate="));
  refused(sweep_words(folder, features, "other"), {"grid.toml:6: expected a grid, or --random N"});
}

TEST_CASE("a sweep refuses bad input in one sentence" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  FeatureArrays arrays = feature_arrays(60);
  const std::string features = import_arrays(folder, arrays);
  write_file(folder / "grid.toml", "[grid]\nloss.kinds = [1]\n");
  refused(sweep_words(folder, features), {"grid.toml:2: expected an option by its name in run.json", "\"loss.kinds\""});
  CHECK_FALSE(std::filesystem::exists(folder / "sweep"));
  write_file(folder / "grid.toml", "");
  refused({"sweep", features, "--grid", folder / "none.toml", "--out", folder / "sweep"}, {"none.toml"});
  arrays.splits.replace(0, arrays.splits.size(), "");
  for (int i = 0; i < 60; ++i) arrays.splits += i % 2 == 0 ? "train\n" : "dev\n";
  refused(sweep_words(folder, import_arrays(folder, arrays, "untested")), {"test"});
  std::filesystem::create_directory(folder / "sweep");
  const FolderLock lock(folder / "sweep");
  refused(sweep_words(folder, features), {"sweep"});
}

TEST_CASE("baselines need a run or features, and dev" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  FeatureArrays arrays = feature_arrays(60);
  refused({"baselines", folder / "nothing"},
          {"expected features (with manifest.json) or a run (with run.json), found neither"});
  const std::string features = import_arrays(folder, arrays);
  refused({"baselines", features, "--split", "tset"},
          {"--split must be train, dev, test, none (pictures in no split) or all, got \"tset\""});
  CHECK(successful({"baselines", features, "--split", "dev"}).find("procrustes") != std::string::npos);
  arrays.splits = "";
  for (int i = 0; i < 60; ++i) arrays.splits += i % 2 == 0 ? "train\n" : "test\n";
  refused({"baselines", import_arrays(folder, arrays, "undeveloped")}, {"dev"});
}
