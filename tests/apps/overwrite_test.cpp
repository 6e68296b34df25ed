#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <functional>
#include <random>
#include <set>
#include <thread>

#include "apps/begun_program.h"
#include "apps/feature_arrays.h"
#include "apps/shapes_data.h"
#include "tandem/base/errors.h"
#include "tandem/features/feature_store.h"
#include "tandem/model/run_folder.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Path = std::filesystem::path;
using Words = std::vector<std::string>;

/// Says which content a folder holds, and throws FileError if it is not whole.
using Content = std::function<std::string(const Path&)>;

std::string run_in(const Path& folder) {
  open_run(folder);
  return read_checked_json(folder / kRunName).at("heads_checksum").get<std::string>();
}

std::string store_in(const Path& folder) { return FeatureStore::open(folder).manifest().plan; }

std::string fine_tuned_in(const Path& folder) {
  run_in(folder);
  const FeatureManifest manifest = FeatureStore::open(folder / "features").manifest();
  check_same_encoders(open_run(folder), manifest, folder / "features");
  // The features name encoders that are there, under the run's own name.
  for (const EncoderRecord& record : manifest.text_encoders) {
    if (record.folder != std::filesystem::absolute(folder / "encoders" / "text-0").lexically_normal())
      throw FileError(record.folder, "the run's encoder", "another");
  }
  open_text_sources(folder, open_run(folder));
  return read_checked_json(folder / "finetune.json").at("plan").get<std::string>();
}

std::string file_in(const Path& file) { return read_file(file); }

Words whole_command(const Words& words) {
  Words all = {program_path()};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

/// What killed processes may leave; a lock is nothing left.
std::set<std::string> hidden_in(const Path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(".") && name != ".lock") names.insert(name);
  }
  return names;
}

/// A command that is about to replace what a folder, or each of several files, holds.
struct Replacement {
  Words words;
  std::vector<Path> targets;
  Content content;

  std::vector<std::string> found() const {
    std::vector<std::string> all;
    for (const Path& target : targets) all.push_back(content(target));
    return all;
  }
};

/// The old content of the targets, to be put back.
class Backup {
 public:
  explicit Backup(const std::vector<Path>& targets) : targets_(targets) {
    for (std::size_t i = 0; i < targets_.size(); ++i)
      std::filesystem::copy(targets_[i], copy(i), std::filesystem::copy_options::recursive);
  }

  void put_back() const {
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      std::filesystem::remove_all(targets_[i]);
      std::filesystem::copy(copy(i), targets_[i], std::filesystem::copy_options::recursive);
    }
  }

 private:
  Path copy(std::size_t i) const { return folder_ / std::to_string(i); }

  ScratchFolder folder_;
  std::vector<Path> targets_;
};

/// A full disk first, then kills at random moments: old or new, whole. At last it is let through,
/// and leaves nothing behind.
void check_replacement(const Replacement& replacement, int kills, std::size_t largest_file_kib = 1) {
  const Path parent = replacement.targets.front().parent_path();
  const Backup backup(replacement.targets);
  const auto old_content = replacement.found();
  std::string line = "trap '' XFSZ; ulimit -f " + std::to_string(largest_file_kib) + "; exec";
  for (const std::string& word : whole_command(replacement.words)) line += " '" + word + "'";
  const int status = std::system(("bash -c \"" + line + "\" >/dev/null 2>&1").c_str());
  CHECK(WEXITSTATUS(status) == 2);
  CHECK(replacement.found() == old_content);

  const auto before = std::chrono::steady_clock::now();
  successful(replacement.words);
  auto duration =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - before).count();
  const auto new_content = replacement.found();
  REQUIRE(new_content != old_content);
  CHECK(hidden_in(parent).empty());

  std::mt19937 chance(5);
  int killed = 0;
  // On a busy machine the time measured may be longer than the command takes; then sooner kills follow.
  for (int kill = 0; kill < kills || (killed == 0 && kill < kills + 12); ++kill) {
    if (kill >= kills) duration = duration / 2 + 8;
    backup.put_back();
    const pid_t process = begin_command(whole_command(replacement.words));
    std::this_thread::sleep_for(std::chrono::microseconds(duration / 8 + chance() % (duration * 7 / 8)));
    ::kill(process, SIGKILL);
    int ended = 0;
    ::waitpid(process, &ended, 0);
    killed += WIFSIGNALED(ended) ? 1 : 0;
    const auto found = replacement.found();
    CHECK_MESSAGE((found == old_content || found == new_content), "kill ", kill);
  }
  CHECK(killed > 0);
  successful(replacement.words);
  CHECK(replacement.found() == new_content);
  CHECK(hidden_in(parent).empty());
}

Words short_training(const std::string& features, const std::string& out, const std::string& seed) {
  return {"train",    features, "--out",   out,  "--seed",    seed, "--epochs",           "4", "--batch-size", "16",
          "--hidden", "48",     "--width", "24", "--threads", "1",  "--checkpoint-steps", "3", "--json"};
}

Words and_more(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string tiny_encoder(const char* family) { return reference_dir() / "encoders" / (std::string("tiny_") + family); }

}  // namespace

TEST_CASE("train --overwrite leaves the old run or the new one, whole" * doctest::test_suite("slow")) {
  const ScratchFolder folder, runs;
  const std::string features = import_arrays(folder, feature_arrays(300));
  successful(short_training(features, runs / "run", "1"));
  check_replacement({and_more(short_training(features, runs / "run", "2"), {"--overwrite"}), {runs / "run"}, run_in},
                    5);
}

TEST_CASE("cca --overwrite leaves the old run or the new one, whole" * doctest::test_suite("slow")) {
  const ScratchFolder folder, runs;
  const std::string features = import_arrays(folder, feature_arrays(200));
  const Words words = {"cca", features, "--out", runs / "run", "--overwrite", "--power", "1", "--regularisation"};
  successful(and_more(words, {"1"}));
  check_replacement({and_more(words, {"10"}), {runs / "run"}, run_in}, 3);
}

TEST_CASE("ensemble --overwrite leaves the old run or the new one, whole" * doctest::test_suite("slow")) {
  const ScratchFolder folder, runs;
  const std::string features = import_arrays(folder, feature_arrays(200));
  for (const char* seed : {"1", "2", "3"})
    successful(short_training(features, folder / (std::string("run") + seed), seed));
  const Words words = {"ensemble", folder / "run1", folder / "run2", "--out", runs / "run", "--overwrite"};
  successful(words);
  check_replacement(
      {and_more({"ensemble", folder / "run3"}, Words(words.begin() + 1, words.end())), {runs / "run"}, run_in}, 3);
}

TEST_CASE("import --overwrite leaves the old features or the new ones, whole" * doctest::test_suite("slow")) {
  const ScratchFolder folder, stores;
  FeatureArrays arrays = feature_arrays(300);
  import_arrays(folder, arrays, "first");
  arrays.image = arrays.image * 2;
  import_arrays(folder, arrays, "second");
  const auto words = [&](const std::string& name) {
    return Words{"import",
                 "--image",
                 folder / (name + "-image.npy"),
                 "--text",
                 folder / (name + "-text.npy"),
                 "--image-of-caption",
                 folder / (name + "-pairs.npy"),
                 "--split",
                 folder / (name + "-split.txt"),
                 "--out",
                 stores / "features",
                 "--overwrite"};
  };
  successful(words("first"));
  check_replacement({words("second"), {stores / "features"}, store_in}, 3);
}

TEST_CASE("a sweep leaves its old best run or its new one, whole" * doctest::test_suite("slow")) {
  const ScratchFolder folder, sweeps;
  const std::string features = import_arrays(folder, feature_arrays(200));
  for (const char* width : {"8", "24"}) {
    write_file(folder / (std::string(width) + ".toml"),
               std::string("[options]\nepochs = 3\nbatch_size = 32\nhead = { embedding_width = ") + width +
                   ", hidden_width = 16 }\n[grid]\nlearning_rate = [5e-3]\n");
  }
  const auto words = [&](const std::string& width) {
    return Words{"sweep", features,    "--grid", folder / (width + ".toml"), "--out", sweeps / "sweep", "--seeds",
                 "1",     "--threads", "1"};
  };
  successful(words("8"));
  check_replacement({words("24"), {sweeps / "sweep" / "best"}, run_in}, 3);
}

TEST_CASE("encode --overwrite leaves the old features or the new ones, whole" * doctest::test_suite("slow")) {
  const ScratchFolder data, stores;
  const std::string csv = write_shapes(data).string();
  const auto words = [&](const char* pooling) {
    return Words{"encode",
                 "--data",
                 "csv:" + csv,
                 "--image-encoder",
                 tiny_encoder("vit"),
                 "--image-pooling",
                 pooling,
                 "--text-encoder",
                 tiny_encoder("bert"),
                 "--text-pooling",
                 pooling,
                 "--dtype",
                 "fp32",
                 "--threads",
                 "1",
                 "--out",
                 stores / "features",
                 "--overwrite"};
  };
  successful(words("mean"));
  check_replacement({words("max"), {stores / "features"}, store_in}, 4);
}

TEST_CASE("finetune --overwrite leaves the old run or the new one, whole" * doctest::test_suite("slow")) {
  const ScratchFolder data, folder, runs;
  const std::string csv = write_shapes(data).string();
  successful({"encode", "--data", "csv:" + csv, "--image-encoder", tiny_encoder("vit"), "--image-pooling", "mean",
              "--text-encoder", tiny_encoder("bert"), "--text-pooling", "mean", "--dtype", "fp32", "--out",
              folder / "features"});
  successful({"train", folder / "features", "--out", folder / "run", "--epochs", "5", "--batch-size", "72", "--hidden",
              "32", "--width", "32"});
  const auto words = [&](const char* seed) {
    return Words{"finetune",     folder / "run", "--out",     runs / "run", "--epochs",           "1",
                 "--batch-size", "48",           "--lora",    "2",          "--learning-rate",    "0.01",
                 "--seed",       seed,           "--threads", "1",          "--checkpoint-steps", "1",
                 "--json",       "--overwrite"};
  };
  successful(words("1"));
  check_replacement({words("2"), {runs / "run"}, fine_tuned_in}, 4);
}

TEST_CASE("figures, maps and both files of an audit are replaced all together" * doctest::test_suite("slow")) {
  const ScratchFolder folder, drawn, mapped, judged;
  const std::string features = import_arrays(folder, feature_arrays(200));
  const std::string run = folder / "run";
  successful(short_training(features, run, "1"));
  const auto figures = [&](const char* seed) {
    return Words{"figures",  run,   "--out",   drawn.path(), "--format", "svg",
                 "--method", "pca", "--pairs", "50",         "--seed",   seed};
  };
  successful(figures("1"));
  check_replacement({figures("2"),
                     {drawn / "joint-map.svg", drawn / "similarity-matrix.svg", drawn / "picture-queries.svg"},
                     file_in},
                    3);

  const auto map = [&](const char* split) {
    return Words{"map",      run,
                 "--method", "pca",
                 "--split",  split,
                 "--out",    mapped / "map.svg",
                 "--out",    mapped / "map.html",
                 "--save",   mapped / "map.safetensors"};
  };
  successful(map("dev"));
  check_replacement({map("test"), {mapped / "map.svg", mapped / "map.html", mapped / "map.safetensors"}, file_in}, 3);

  const auto audit = [&](const char* split) {
    return Words{"audit", run, "--split", split, "--out", judged / "audit.html", "--csv", judged / "audit.csv"};
  };
  successful(audit("dev"));
  check_replacement({audit("test"), {judged / "audit.html", judged / "audit.csv"}, file_in}, 3);
}
