#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "apps/begun_program.h"
#include "apps/feature_arrays.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Words = std::vector<std::string>;

pid_t begin_program(const Words& words) {
  Words all = {program_path()};
  all.insert(all.end(), words.begin(), words.end());
  return begin_command(all);
}

/// A new file has a new number, so this changes with every checkpoint.
std::uint64_t file_number(const std::filesystem::path& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

/// Lets the program write so many checkpoints, waits a little longer, and kills it. False if it was
/// done before.
bool killed_after(const Words& words, const std::filesystem::path& checkpoint, int checkpoints,
                  std::chrono::microseconds longer) {
  std::uint64_t last = file_number(checkpoint);
  const pid_t process = begin_program(words);
  int status = 0;
  while (checkpoints > 0) {
    if (::waitpid(process, &status, WNOHANG) == process) return false;
    const std::uint64_t now = file_number(checkpoint);
    if (now != 0 && now != last) --checkpoints;
    last = now;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  std::this_thread::sleep_for(longer);
  ::kill(process, SIGKILL);
  ::waitpid(process, &status, 0);
  return WIFSIGNALED(status);
}

/// metrics.jsonl without the time it took.
std::vector<Json> metrics_of(const std::filesystem::path& run) {
  std::vector<Json> lines;
  std::istringstream text(read_file(run / "metrics.jsonl"));
  for (std::string line; std::getline(text, line);) {
    lines.push_back(Json::parse(line));
    lines.back().erase("seconds");
  }
  return lines;
}

Words training(const std::string& features, const std::string& out) {
  return {"train",     features,        "--out",   out,        "--seed",    "5",       "--epochs",
          "8",         "--batch-size",  "32",      "--hidden", "48",        "--width", "24",
          "--average", "0.9",           "--mixup", "1",        "--threads", "2",       "--checkpoint-steps",
          "3",         "--tensorboard", "--json"};
}

void check_same_run(const std::filesystem::path& run, const std::filesystem::path& whole) {
  CHECK(read_file(run / "heads.safetensors") == read_file(whole / "heads.safetensors"));
  CHECK(metrics_of(run) == metrics_of(whole));
  CHECK(std::filesystem::file_size(run / "tensorboard" / "events.out.tfevents.0000000000.tandem") ==
        std::filesystem::file_size(whole / "tensorboard" / "events.out.tfevents.0000000000.tandem"));
  CHECK(!std::filesystem::exists(run / "checkpoint.safetensors"));
}

}  // namespace

TEST_CASE("a training killed at many moments ends in the bits of one that was not" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(500));
  successful(training(features, folder / "whole"));
  const std::filesystem::path run = folder / "run";
  const std::filesystem::path checkpoint = run / "checkpoint.safetensors";
  std::mt19937 chance(3);
  Words words = training(features, run);
  int kills = 0;
  while (kills < 12 && killed_after(words, checkpoint, 1 + static_cast<int>(chance() % 6),
                                    std::chrono::microseconds(chance() % 5000))) {
    ++kills;
    words = {"train", "--resume", run, "--json", "--checkpoint-steps", "3"};
  }
  CHECK(kills >= 5);
  if (!std::filesystem::exists(run / "run.json")) successful({"train", "--resume", run, "--json", "--device", "cpu"});
  check_same_run(run, folder / "whole");
  refused({"train", "--resume", run}, {"expected a training that was interrupted, found a finished run"});
}

TEST_CASE("a full disk ends a training in words and loses no checkpoint" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(500));
  successful(training(features, folder / "whole"));
  const std::filesystem::path run = folder / "run";
  const std::filesystem::path checkpoint = run / "checkpoint.safetensors";
  REQUIRE(killed_after(training(features, run), checkpoint, 4, std::chrono::microseconds(0)));
  const std::string before = read_file(checkpoint);
  // Files of more than 16 KiB cannot be written, as on a disk that is full by then; the checkpoint
  // is larger.
  const std::string program = program_path() + " train --resume " + run.string() + " --json";
  const int status = std::system(
      ("bash -c \"trap '' XFSZ; ulimit -f 16; exec " + program + "\" >/dev/null 2>" + (folder / "said").string())
          .c_str());
  CHECK(WEXITSTATUS(status) == 2);
  CHECK(read_file(folder / "said").find("expected room for") != std::string::npos);
  CHECK(read_file(checkpoint) == before);
  successful({"train", "--resume", run, "--json"});
  check_same_run(run, folder / "whole");
}

TEST_CASE("resuming refuses other features and options and folders in words" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const FeatureArrays arrays = feature_arrays(500);
  const std::string features = import_arrays(folder, arrays);
  const std::filesystem::path run = folder / "run";
  const std::filesystem::path checkpoint = run / "checkpoint.safetensors";
  REQUIRE(killed_after(training(features, run), checkpoint, 2, std::chrono::microseconds(0)));
  refused(training(features, run), {"run that was interrupted", "--resume", "--overwrite"});
  refused({"train", "--resume", run, "--epochs", "9"},
          {"every option of the training comes from the checkpoint, got --epochs too"});
  refused({"train", "--resume", folder / "none"},
          {"expected the folder of a training that was interrupted, found nothing of that name"});
  refused({"train", "--resume", folder / "features"}, {"no checkpoint.safetensors in it"});
  refused({"train", features}, {"features and --out were needed"});

  FeatureArrays others = arrays;
  others.image = others.image * 2;
  refused({"train", import_arrays(folder, others, "scaled"), "--resume", run},
          {"expected the features that the run in", "was begun with"});
  others = arrays;
  others.splits.replace(0, 5, "test ");
  others.splits.erase(4, 1);
  refused({"train", import_arrays(folder, others, "split"), "--resume", run}, {"expected", "was begun with"});

  std::string bytes = read_file(checkpoint);
  const std::string whole = bytes;
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_file(checkpoint, bytes);
  refused({"train", "--resume", run}, {"checkpoint.safetensors", "damaged"});
  write_file(checkpoint, whole.substr(0, 1000));
  refused({"train", "--resume", run}, {"checkpoint.safetensors"});
  write_file(checkpoint, whole);
  std::filesystem::rename(features, folder / "moved");
  refused({"train", "--resume", run}, {"features: expected a folder of features"});
  successful({"train", folder / "moved", "--resume", run, "--json"});
}
