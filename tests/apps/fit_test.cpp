#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <random>
#include <thread>

#include "apps/begun_program.h"
#include "apps/feature_arrays.h"
#include "apps/shapes_data.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Path = std::filesystem::path;
using Words = std::vector<std::string>;

constexpr const char* kSmall =
    "threads = 2\n"
    "[train]\nepochs = 6\nbatch_size = 60\n[train.head]\nhidden_width = 24\nembedding_width = 12\n"
    "[cca]\nregularisation = [0.1, 1]\npower = [0.5, 1]\n[evaluate]\nsamples = 200\n";

std::string small_config(const ScratchFolder& folder, const std::string& more = "") {
  write_file(folder / "small.toml", kSmall + more);
  return folder / "small.toml";
}

/// Of shapes, by encoders of a few columns.
Words fit_of_shapes(const ScratchFolder& folder, const std::string& out, const Words& more = {}) {
  Words words = {"fit",
                 "csv:" + (folder / "captions.csv").string(),
                 "--out",
                 out,
                 "--image-encoder",
                 reference_dir() / "encoders/tiny_vit",
                 "--text-encoder",
                 reference_dir() / "encoders/tiny_bert",
                 "--text-pooling",
                 "mean",
                 "--config",
                 small_config(folder),
                 "--json"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Words fit_of_features(const ScratchFolder& folder, const std::string& features, const std::string& out,
                      const Words& more = {}) {
  Words words = {"fit", features, "--out", out, "--config", small_config(folder), "--json"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Json fitted(const Words& words) { return Json::parse(successful(words)); }

/// The arrays with these splits in place of their own.
std::string import_with_splits(const ScratchFolder& folder, std::int64_t images, const std::string& name,
                               const Words& splits) {
  FeatureArrays arrays = feature_arrays(images);
  arrays.splits.clear();
  for (std::int64_t i = 0; i < images; ++i) arrays.splits += splits[static_cast<std::size_t>(i) % splits.size()] + "\n";
  return import_arrays(folder, arrays, name);
}

std::uint64_t number_of(const Path& file) {
  struct stat status = {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  return status.st_ino;
}

/// Starts the command, waits until `there` is and a little longer, and kills it. False if it was
/// done before.
bool killed_at(Words words, const Path& there, std::chrono::microseconds longer) {
  words.insert(words.begin(), program_path());
  const pid_t process = begin_command(words);
  int status = 0;
  while (!std::filesystem::exists(there)) {
    if (::waitpid(process, &status, WNOHANG) == process) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  std::this_thread::sleep_for(longer);
  ::kill(process, SIGKILL);
  ::waitpid(process, &status, 0);
  return WIFSIGNALED(status);
}

void check_same_model(const Path& one, const Path& other) {
  CHECK(read_file(one / "heads.safetensors") == read_file(other / "heads.safetensors"));
  const Path banks = "hubness.safetensors";  // There is none where no correction helped.
  REQUIRE(std::filesystem::exists(one / banks) == std::filesystem::exists(other / banks));
  if (std::filesystem::exists(one / banks)) CHECK(read_file(one / banks) == read_file(other / banks));
  CHECK(read_checked_json(one / "fit.json") == read_checked_json(other / "fit.json"));
}

}  // namespace

TEST_CASE("one command makes a model of pictures that every other command takes, also when it was moved" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  write_shapes(folder);
  const std::string model = folder / "model";
  const Json made = fitted(fit_of_shapes(folder, model));
  CHECK(made.at("was_finished") == false);
  CHECK(made.at("parts").size() == 2);
  CHECK(made.at("test").at("images") == 24);
  CHECK(made.at("notes").dump().find("Test has only 24 pictures") != std::string::npos);
  CHECK(made.at("notes").dump().find("Dev has only 24 pictures") != std::string::npos);
  for (const char* name : {"run.json", "heads.safetensors", "hubness.json", "metrics.jsonl", "curves.svg", "fit.toml",
                           "fit.json", "README.md", "report.html", "features/manifest.json", "encoders/text-0"})
    CHECK_MESSAGE(std::filesystem::exists(folder / "model" / name), name);
  CHECK(!std::filesystem::exists(folder / "model/parts"));
  CHECK(read_checked_json(folder / "model/run.json").at("features").at("folder") == "features");
  const std::string card = read_file(folder / "model/README.md");
  for (const char* words : {"tiny\\_vit", "24 pictures", "## Licences", "not stated in its folder", "trained heads"})
    CHECK_MESSAGE(card.find(words) != std::string::npos, words);

  const std::string moved = folder / "elsewhere";
  std::filesystem::rename(model, moved);
  const Json measured = Json::parse(successful({"eval", moved, "--samples", "0", "--json"}));
  const Json& shown = measured.at("corrected").is_null() ? measured : measured.at("corrected");
  for (const char* way : {"image_to_text", "text_to_image"}) {
    for (const char* metric : {"r1", "r5", "r10"})
      CHECK(made.at("test").at(way).at(metric).get<double>() ==
            doctest::Approx(shown.at(way).at(metric).get<double>()));
  }
  CHECK(measured.at("leaks").at("compared") == "equal features");
  successful({"search", moved, "a red circle", "-k", "2", "--json"});
  successful({"map", moved, "--method", "pca", "--out", folder / "map.png"});
  successful({"geometry", moved, "--json"});
  successful({"examples", moved, "--out", folder / "examples.html"});
  successful({"figures", moved, "--out", folder / "figures", "--method", "pca", "--pairs", "20", "--json"});
  successful({"audit", moved, "--out", folder / "audit.html", "--count", "3"});
  successful({"correct", moved, "--method", "nnn", "--json"});
}

TEST_CASE("fit.toml makes the same model again, and the same command is then complete" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  write_shapes(folder);
  const std::string model = folder / "model";
  const std::string again = folder / "again";
  fitted(fit_of_shapes(folder, model, {"--seed", "3"}));
  fitted({"fit", "--config", model + "/fit.toml", "--out", again, "--json"});
  check_same_model(model, again);
  CHECK(read_file(model + "/fit.toml") == read_file(again + "/fit.toml"));
  const std::uint64_t heads = number_of(model + "/heads.safetensors");
  CHECK(fitted(fit_of_shapes(folder, model, {"--seed", "3"})).at("was_finished") == true);
  CHECK(number_of(model + "/heads.safetensors") == heads);
  CHECK(successful({"fit", "--config", model + "/fit.toml", "--out", model}).find(": complete") != std::string::npos);

  refused(fit_of_shapes(folder, model, {"--seed", "4"}),
          {"expected no model, or one by the same options and data (--overwrite replaces others)",
           "found one with train.seed = 3, not 4"});
  const std::uint64_t shard = number_of(model + "/features/image-00000.safetensors");
  fitted(fit_of_shapes(folder, model, {"--seed", "4", "--overwrite"}));
  CHECK(number_of(model + "/heads.safetensors") != heads);
  CHECK(number_of(model + "/features/image-00000.safetensors") == shard);  // not encoded again
  CHECK(read_file(model + "/fit.toml").find("seed = 4") != std::string::npos);

  std::string csv = read_file(folder / "captions.csv");
  write_file(folder / "captions.csv", csv.replace(csv.find("a red circle"), 12, "a pink circle"));
  refused(fit_of_shapes(folder, model, {"--seed", "4"}), {"found one of the data as it was before it changed"});
  const Json changed = fitted(fit_of_shapes(folder, model, {"--seed", "4", "--overwrite"}));
  CHECK(changed.at("was_finished") == false);
  CHECK(read_file(model + "/features/manifest.json").find("a pink circle") != std::string::npos);
}

TEST_CASE("a fit killed at any moment goes on to the same model" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(500));
  const Path whole = folder / "whole";
  const Path model = folder / "model";
  fitted(fit_of_features(folder, features, whole));
  const Words words = fit_of_features(folder, features, model);
  std::mt19937 chance(5);
  int kills = 0;
  for (const char* there :
       {"fit.toml", "parts/origin.json", "parts/heads/checkpoint.safetensors", "parts/heads/run.json",
        "parts/linear/run.json", "parts/joined/run.json", "parts/joined/hubness.json", "parts/model.json",
        "heads.safetensors", "run.json", "README.md"}) {
    kills += killed_at(words, model / there, std::chrono::microseconds(chance() % 3000)) ? 1 : 0;
  }
  CHECK(kills >= 5);
  fitted(words);
  check_same_model(whole, model);
  CHECK(!std::filesystem::exists(model / "parts"));
  successful({"eval", model, "--samples", "0", "--json"});
}

TEST_CASE("a killed replacement leaves the model that it is to replace, and goes on" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(500));
  const Path whole = folder / "whole";
  const Path model = folder / "model";
  const Words old_words = fit_of_features(folder, features, model, {"--seed", "1"});
  fitted(old_words);
  fitted(fit_of_features(folder, features, whole, {"--seed", "2"}));
  const std::string old_heads = read_file(model / "heads.safetensors");
  const Words words = fit_of_features(folder, features, model, {"--seed", "2", "--overwrite"});
  for (const char* there : {"fit.toml", "parts/heads/run.json", "parts/joined/run.json", "run.json"}) {
    if (!killed_at(words, folder / ".model.new" / there, std::chrono::microseconds(100))) break;
    if (read_file(model / "fit.toml").find("seed = 1") == std::string::npos) break;  // It was exchanged already.
    CHECK(read_file(model / "heads.safetensors") == old_heads);
  }
  fitted(words);
  check_same_model(whole, model);
  CHECK(!std::filesystem::exists(folder / ".model.new"));
}

TEST_CASE("without dev pictures choices are made by cross-validation, and the output says so" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_with_splits(folder, 200, "features", {"train", "train", "train", "test"});
  const Json made = fitted(fit_of_features(folder, features, folder / "model"));
  const std::string choice = made.at("choice");
  CHECK(choice.find("There are no dev pictures.") != std::string::npos);
  CHECK(choice.find("cross-validation over 5 folds") != std::string::npos);
  CHECK(choice.find("(30 pictures)") != std::string::npos);
  CHECK(read_file(folder / "model/README.md").find(choice) != std::string::npos);
  CHECK(made.at("dev_mean_recall").is_null());
  CHECK(made.at("parts")[0].at("what").get<std::string>().find("epoch 6 of 6") != std::string::npos);
  CHECK(made.at("correction").at("words").get<std::string>().find("held-out pictures") != std::string::npos);
  const Json measured = Json::parse(successful({"eval", folder / "model", "--samples", "0", "--json"}));
  const Json& shown = measured.at("corrected").is_null() ? measured : measured.at("corrected");
  CHECK(made.at("test").at("text_to_image").at("r5").get<double>() ==
        doctest::Approx(shown.at("text_to_image").at("r5").get<double>()));
  CHECK(made.at("test").at("text_to_image").at("r5").get<double>() >
        3 * made.at("test").at("chance").at("text_to_image").at("r5").get<double>());

  const Path whole = folder / "model";
  const Path model = folder / "killed";
  const Words words = fit_of_features(folder, features, model);
  for (const char* there : {"parts/cca.json", "parts/held-out/features/manifest.json", "parts/held-out/heads/run.json",
                            "parts/held-out/joined/hubness.json", "parts/joined/run.json"})
    killed_at(words, model / there, std::chrono::microseconds(500));
  fitted(words);
  check_same_model(whole, model);
}

TEST_CASE("data with few pictures or without test makes a model, and the output says what was not done" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string few = import_with_splits(folder, 16, "few", {"train"});
  const Json plain = fitted(fit_of_features(folder, few, folder / "plain"));
  CHECK(plain.at("choice").get<std::string>().find("too few training pictures") != std::string::npos);
  CHECK(plain.at("test").is_null());
  CHECK(plain.at("correction").at("method").is_null());
  CHECK(plain.at("notes").dump().find("There are no test pictures") != std::string::npos);
  CHECK(plain.at("report_split") == "train");
  CHECK(read_file(folder / "plain/README.md").find("nothing was measured") != std::string::npos);
  const std::string dev = import_with_splits(folder, 200, "dev", {"train", "dev"});
  const Json chosen = fitted(fit_of_features(folder, dev, folder / "chosen"));
  CHECK(chosen.at("test").is_null());
  CHECK(chosen.at("report_split") == "dev");
  CHECK(chosen.at("dev_mean_recall").is_number());
  refused(fit_of_features(folder, import_with_splits(folder, 20, "none", {"test", "dev"}), folder / "no"),
          {"expected pictures in the split \"train\", found none"});
}

TEST_CASE("a quick fit is closed form alone, and a correction can be left out" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(300));
  const Json made =
      fitted(fit_of_features(folder, features, folder / "quick", {"--quick", "--correction", "none", "--no-report"}));
  CHECK(made.at("parts").size() == 1);
  CHECK(made.at("parts")[0].at("what").get<std::string>().starts_with("CCA with"));
  CHECK(made.at("correction").at("method").is_null());
  CHECK(!std::filesystem::exists(folder / "quick/report.html"));
  CHECK(!std::filesystem::exists(folder / "quick/hubness.json"));
  CHECK(!read_checked_json(folder / "quick/run.json").at("cca").is_null());
  CHECK(read_checked_json(folder / "quick/run.json").at("features").at("folder") == features);
  write_file(folder / "alone.toml", "[cca]\nenabled = false\n[train]\nepochs = 2\n");
  const Json alone = fitted(
      {"fit", features, "--out", folder / "alone", "--config", folder / "alone.toml", "--hidden", "16", "--json"});
  REQUIRE(alone.at("parts").size() == 1);
  CHECK(alone.at("parts")[0].at("what").get<std::string>().starts_with("trained heads, seed 0, epoch "));
}

TEST_CASE("a fit refuses what it cannot do in one sentence and leaves nothing" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(100));
  const auto with = [&](const std::string& toml) {
    write_file(folder / "bad.toml", toml);
    return Words{"fit", features, "--out", folder / "no", "--config", folder / "bad.toml"};
  };
  refused(with("[train]\nepoch = 3\n"), {"bad.toml:2: expected of [train] one of ", "epochs", "found \"train.epoch\""});
  refused(with("[training]\nepochs = 3\n"), {"bad.toml:1: expected one of cca, correct", "found \"training\""});
  refused(with("[train.head]\nhiden_width = 3\n"), {"bad.toml:2: ", "found \"train.head.hiden_width\""});
  refused(with("[train]\nepochs = \"three\"\n"),
          {"bad.toml:2: expected a whole number for train.epochs, found the string"});
  refused(with("[cca]\npower = 2\n"), {"bad.toml:2: expected a list, each entry a number for cca.power"});
  refused(with("[cca]\npower = []\n"), {"fit: cca.regularisation and cca.power must hold a number each"});
  refused(with("[ensemble]\nweights = [1]\n"), {"fit: ensemble.weights must be two numbers"});
  refused(with("[correct]\nmethod = \"best\"\n"), {"fit: correct.method must be auto, none, nnn"});
  refused(with("[train]\nenabled = false\n[cca]\nenabled = false\n"), {"got false for both"});
  refused(with("[data]\nlimit = 5\n"), {"go with data, got a folder of features"});
  refused(with("train = 3\n"), {"expected a table for train, found the number"});
  refused({"fit", "--out", folder / "no"}, {"fit: data or a folder of features was needed, got none"});
  refused({"fit", features, "--out", folder / "no", "--dtype", "fp32"},
          {"--dtype goes with data to encode, got a folder of features"});
  refused({"fit", features, "--out", folder / "no", "--quick", "--epochs", "3"}, {"--epochs goes with trained heads"});
  refused({"fit", folder / "none", "--out", folder / "no", "--image-encoder", reference_dir() / "encoders/tiny_vit",
           "--text-encoder", reference_dir() / "encoders/tiny_bert"},
          {"found no such file, folder or kind of data"});
  CHECK(tandem_program({"fit", features, "--out", folder / "no", "--quick", "--best"}).code == 2);
  CHECK(!std::filesystem::exists(folder / "no"));

  make_folder(folder / "notes");
  write_file(folder / "notes/README.md", "mine");
  refused({"fit", features, "--out", folder / "notes", "--overwrite"},
          {"expected an empty folder, or a model that `tandem fit` made, found one with README.md in it"});
  CHECK(read_file(folder / "notes/README.md") == "mine");
}

TEST_CASE("a fit refuses heads that are not its own and features that it would replace" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(150));
  const Words words = fit_of_features(folder, features, folder / "model", {"--quick"});
  fitted(words);
  successful({"cca", features, "--out", folder / "model", "--regularisation", "3", "--power", "2", "--overwrite"});
  refused(words, {"expected the heads that this fit made"});
  write_shapes(folder);
  const std::string shapes = folder / "shapes";
  fitted(fit_of_shapes(folder, shapes, {"--quick"}));
  refused({"fit", shapes + "/features", "--out", shapes, "--overwrite"},
          {"expected features outside of the model that is written, found a part of it"});
}
