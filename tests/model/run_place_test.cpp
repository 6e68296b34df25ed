#include "tandem/model/run_place.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

#include "apps/begun_program.h"
#include "apps/feature_arrays.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Path = std::filesystem::path;
using Words = std::vector<std::string>;

Words placed_training(const std::string& features, const Path& out, const std::string& seed, const Words& more = {},
                      const std::string& epochs = "8") {
  Words words = {
      "train",    features, "--out",   out,  "--seed",    seed, "--epochs",           epochs, "--batch-size", "32",
      "--hidden", "48",     "--width", "24", "--threads", "1",  "--checkpoint-steps", "3",    "--json"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// Kills the program as soon as there is such a file. False if it ended before.
bool killed_at(const Words& words, const Path& file) {
  Words all = {program_path()};
  all.insert(all.end(), words.begin(), words.end());
  const pid_t process = begin_command(all);
  int status = 0;
  while (!std::filesystem::exists(file)) {
    if (::waitpid(process, &status, WNOHANG) == process) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  ::kill(process, SIGKILL);
  ::waitpid(process, &status, 0);
  return WIFSIGNALED(status);
}

std::string heads_of(const Path& run) { return read_file(run / "heads.safetensors"); }

}  // namespace

TEST_CASE("a training interrupted over an old run leaves that usable and goes on beside it to the same bits" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(500));
  const Path run = folder / "run";
  const Path beside = folder / ".run.new";
  successful(placed_training(features, folder / "whole", "2"));
  successful(placed_training(features, run, "1"));
  const std::string old_heads = heads_of(run);
  REQUIRE(killed_at(placed_training(features, run, "2", {"--overwrite"}), beside / "checkpoint.safetensors"));
  CHECK(heads_of(run) == old_heads);
  successful({"eval", run, "--split", "dev", "--json"});
  refused(placed_training(features, run, "2"), {"run: expected a folder without a run (--resume goes on",
                                                "found a finished run, and one beside it that was interrupted"});
  CHECK(std::filesystem::exists(beside / "checkpoint.safetensors"));
  successful({"train", "--resume", run, "--json"});
  CHECK(heads_of(run) == heads_of(folder / "whole"));
  CHECK(!std::filesystem::exists(run / "checkpoint.safetensors"));
  CHECK(!std::filesystem::exists(beside));
  refused({"train", "--resume", run}, {"expected a training that was interrupted, found a finished run"});
}

TEST_CASE("an old training that was interrupted stays whole until the one that overwrites it is finished" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(500));
  const Path run = folder / "run";
  const Path checkpoint = run / "checkpoint.safetensors";
  REQUIRE(killed_at(placed_training(features, run, "1"), checkpoint));
  const std::string before = read_file(checkpoint);
  refused(placed_training(features, run, "2", {"--overwrite", "--learning-rate", "1e30"}), {"loss"});
  CHECK(read_file(checkpoint) == before);
  successful(placed_training(features, run, "2", {"--overwrite"}));
  CHECK(std::filesystem::exists(run / "run.json"));
  CHECK(!std::filesystem::exists(checkpoint));
}

TEST_CASE("a training that cannot be made leaves the old run as it was" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(200));
  const Path run = folder / "run";
  successful(placed_training(features, run, "1"));
  const std::string old_heads = heads_of(run);
  refused(placed_training(features, run, "2", {"--overwrite", "--learning-rate", "1e30"}), {"loss"});
  refused({"train", folder / "none", "--out", run, "--overwrite"}, {"none: expected a folder of features"});
  CHECK(heads_of(run) == old_heads);
  successful({"eval", run, "--split", "dev", "--json"});
}

TEST_CASE("a run that overwrites another inherits nothing of it, and what is the user's stays" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(300));
  const Path run = folder / "run";
  successful(placed_training(features, folder / "other", "3"));
  const std::vector<Words> makers = {
      placed_training(features, run, "2", {"--overwrite"}),
      {"cca", features, "--out", run, "--overwrite", "--regularisation", "1", "--power", "1"},
      {"ensemble", folder / "other", folder / "third", "--out", run, "--overwrite"}};
  successful(placed_training(features, folder / "third", "4"));
  for (const Words& maker : makers) {
    successful(placed_training(features, run, "1", {"--overwrite", "--tensorboard"}));
    successful({"correct", run, "--method", "csls"});
    REQUIRE(std::filesystem::exists(run / "hubness.json"));
    write_file(run / "notes.md", "mine");
    successful(maker);
    for (const char* name : {"hubness.json", "hubness.safetensors", "tensorboard", "checkpoint.safetensors"})
      CHECK_MESSAGE(!std::filesystem::exists(run / name), maker[0], " ", name);
    CHECK(std::filesystem::exists(run / "curves.svg") == (maker[0] == "train"));
    CHECK(std::filesystem::exists(run / "metrics.jsonl") == (maker[0] == "train"));
    CHECK(read_file(run / "notes.md") == "mine");
    successful({"eval", run, "--split", "dev", "--json"});
  }
}

TEST_CASE("of two commands that make a run of one name the second is refused and nothing of the first is lost" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(500));
  const Path run = folder / "run";
  const Path beside = folder / ".run.new";
  successful(placed_training(features, run, "1"));
  Words words = placed_training(features, run, "2", {"--overwrite"}, "100000");
  words.insert(words.begin(), program_path());
  const pid_t first = begin_command(words);
  int status = 0;
  while (!std::filesystem::exists(beside / "checkpoint.safetensors") && ::waitpid(first, &status, WNOHANG) == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  refused({"cca", features, "--out", run, "--overwrite", "--regularisation", "1", "--power", "1"},
          {"run: expected a folder that nothing else is writing to", "another tandem"});
  refused({"train", "--resume", run}, {"run: expected a folder that nothing else is writing to"});
  refused({"correct", run}, {"run: expected a folder that nothing else is writing to"});
  CHECK(std::filesystem::exists(beside / "checkpoint.safetensors"));
  ::kill(first, SIGKILL);
  ::waitpid(first, &status, 0);
  successful({"cca", features, "--out", run, "--overwrite", "--regularisation", "1", "--power", "1"});
  CHECK(!std::filesystem::exists(beside));
}

TEST_CASE("temporaries of killed processes are removed by the next that holds the lock" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(300));
  const Path run = folder / "run";
  const Path image = Path(features) / ".image-00000.safetensors.AbC123";
  REQUIRE(killed_at(placed_training(features, run, "1"), run / "checkpoint.safetensors"));
  for (const char* name : {".checkpoint.safetensors.AbC123", ".metrics.jsonl.0aB9zZ", ".notes.txt.backup"})
    write_file(run / name, "x");
  successful({"train", "--resume", run, "--json"});
  CHECK(!std::filesystem::exists(run / ".checkpoint.safetensors.AbC123"));
  CHECK(!std::filesystem::exists(run / ".metrics.jsonl.0aB9zZ"));
  CHECK(std::filesystem::exists(run / ".notes.txt.backup"));
  write_file(run / ".hubness.json.AbC123", "x");
  successful({"correct", run, "--method", "csls"});
  CHECK(!std::filesystem::exists(run / ".hubness.json.AbC123"));
  write_file(image, "x");
  import_arrays(folder, feature_arrays(300));
  CHECK(!std::filesystem::exists(image));
}

TEST_CASE("features in the run that would be replaced are refused, features beside it in the same folder stay" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  import_arrays(folder, feature_arrays(200));
  std::filesystem::create_directory(folder / "work");
  std::filesystem::rename(folder / "features", folder / "work" / "features");
  const std::string features = folder / "work" / "features";
  successful(placed_training(features, folder / "work", "1"));
  successful(placed_training(features, folder / "work", "2", {"--overwrite"}));
  successful({"eval", folder / "work", "--split", "dev", "--json"});
  std::filesystem::create_directory(folder / "work" / "encoders");
  std::filesystem::rename(features, folder / "work" / "encoders" / "features");
  refused(placed_training(folder / "work" / "encoders" / "features", folder / "work", "3", {"--overwrite"}),
          {"a place outside of the run that would be replaced"});
}

TEST_CASE("a sweep that finds the same best run leaves it as it is, with its correction" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(200));
  write_file(folder / "grid.toml",
             "[options]\nepochs = 3\nbatch_size = 32\nhead = { embedding_width = 8, hidden_width = 16 "
             "}\n[grid]\nlearning_rate = [5e-3]\n");
  const Words words = {"sweep",          features,  "--grid", folder / "grid.toml", "--out",
                       folder / "sweep", "--seeds", "1",      "--threads",          "1"};
  successful(words);
  successful({"correct", folder / "sweep" / "best", "--method", "csls"});
  write_file(folder / "sweep" / "trials" / ".x.json.AbC123", "x");
  successful(words);
  CHECK(std::filesystem::exists(folder / "sweep" / "best" / "hubness.json"));
  CHECK(!std::filesystem::exists(folder / "sweep" / "trials" / ".x.json.AbC123"));
  CHECK(!std::filesystem::exists(folder / "sweep" / ".best.new"));
}
