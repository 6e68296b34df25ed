#include <ATen/ops/full_like.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <regex>

#include "apps/feature_arrays.h"
#include "tandem/nn/precision.h"
#include "tandem/storage/folder_lock.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Words = std::vector<std::string>;

Words small(const std::string& features, const std::string& out, const Words& more = {}) {
  Words words = {"train", features, "--out", out, "--epochs", "2", "--hidden", "24", "--width", "12", "--json"};
  words.insert(words.end(), more.begin(), more.end());
  if (std::ranges::find(more, "--batch-size") == more.end()) words.insert(words.end(), {"--batch-size", "40"});
  return words;
}

}  // namespace

TEST_CASE("training in bf16 is for processors that multiply it" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(150));
  const std::string run = folder / "run";
  if (!has_fast_bf16()) {
    refused(small(features, run, {"--dtype", "bf16"}), {"bf16 needs a processor with AVX-512 BF16 or AMX"});
    CHECK(!std::filesystem::exists(run));
    return;
  }
  successful(small(features, run, {"--dtype", "bf16"}));
  const Json options = read_checked_json(folder / "run/run.json").at("options");
  CHECK(options.at("text_head").at("bf16") == true);
  CHECK(options.at("loss").at("bf16") == true);
}

TEST_CASE("every option of training is remembered by its run" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(150));
  successful(small(features, folder / "run",
                   {"--head",
                    "glu",
                    "--scaling",
                    "zca",
                    "--shrinkage",
                    "0.3",
                    "--optimizer",
                    "lion",
                    "--learning-rate",
                    "0.0005",
                    "--schedule",
                    "constant",
                    "--clip",
                    "0.5",
                    "--average",
                    "0.9",
                    "--mixup",
                    "0.5",
                    "--structure",
                    "2",
                    "--structure-levels",
                    "2",
                    "--structure-temperature",
                    "0.1",
                    "--patience",
                    "7",
                    "--chunk-size",
                    "16",
                    "--loss",
                    "siglip"}));
  const Json options = read_checked_json(folder / "run/run.json").at("options");
  CHECK(options.at("text_head").at("kind") == "glu");
  CHECK(options.at("image_head").at("scaling") == "zca");
  CHECK(options.at("image_head").at("shrinkage") == 0.3);
  CHECK(options.at("optimizer") == "lion");
  CHECK(options.at("schedule") == "constant");
  CHECK(options.at("gradient_clip") == 0.5);
  CHECK(options.at("average_decay") == 0.9);
  CHECK(options.at("mixup") == 0.5);
  CHECK(options.at("structure").at("levels") == 2);
  CHECK(options.at("patience") == 7);
  CHECK(options.at("chunk_size") == 16);
  CHECK(options.at("loss").at("kind") == "siglip");
  CHECK(Json::parse(successful({"eval", folder / "run", "--json"})).at("images") == 30);
}

TEST_CASE("the same seed gives the same bits through the program and a chunk makes no difference worth a name" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(150));
  for (const char* run : {"one", "two"})
    successful(small(features, folder / run, {"--seed", "9", "--batch-size", "100000"}));
  CHECK(read_file(folder / "one/heads.safetensors") == read_file(folder / "two/heads.safetensors"));
  successful(small(features, folder / "chunks", {"--seed", "9", "--batch-size", "100000", "--chunk-size", "50"}));
  const auto loss_of = [&](const char* run) {
    return Json::parse(read_file(folder / run / "metrics.jsonl")
                           .substr(0, read_file(folder / run / "metrics.jsonl").find('\n')))
        .at("loss")
        .get<double>();
  };
  CHECK(loss_of("chunks") == doctest::Approx(loss_of("one")).epsilon(1e-5));
}

TEST_CASE("a batch of more than there is is said to be all of it" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(150));
  const Outcome outcome = tandem_program(small(features, folder / "run", {"--batch-size", "100000"}));
  CHECK(outcome.code == 0);
  CHECK(outcome.err.find("a batch of 100,000 is more than there are: every batch is all 180 pairs") !=
        std::string::npos);
}

TEST_CASE("features to train on without dev are refused until --no-dev says so" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  FeatureArrays arrays = feature_arrays(150);
  arrays.splits = std::regex_replace(arrays.splits, std::regex("dev"), "train");
  const std::string features = import_arrays(folder, arrays);
  refused(small(features, folder / "run"), {"dev pictures to choose on (--no-dev goes without them), found none"});
  const Json outcome = Json::parse(successful(small(features, folder / "run", {"--no-dev"})));
  CHECK(outcome.at("best_epoch") == 2);
  CHECK(outcome.at("dev_mean_recall").is_null());
  CHECK(successful({"eval", folder / "run"}).find("the last epoch was kept, without dev") != std::string::npos);
}

TEST_CASE("features that cannot be learned from are refused in words" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  FeatureArrays arrays = feature_arrays(150);
  arrays.text = at::full_like(arrays.text, 0.5);
  refused(small(import_arrays(folder, arrays, "constant"), folder / "run"),
          {"features of captions must differ from one another, got 180 equal rows"});
  arrays = feature_arrays(150);
  for (std::size_t at = arrays.splits.find("train", 1); at != std::string::npos; at = arrays.splits.find("train", at))
    arrays.splits.replace(at, 5, "test");
  refused(small(import_arrays(folder, arrays, "one"), folder / "run"), {"at least two pictures were needed, got 1"});
}

TEST_CASE("a loss that stops being a number ends training with the step and the cause" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(150));
  refused(small(features, folder / "run", {"--learning-rate", "1e30", "--clip", "0", "--warm-up", "0"}),
          {"must stay finite", "step 2 (epoch 1, batch 2 of 4)", "first to go bad: "});
  CHECK(!std::filesystem::exists(folder / "run/run.json"));
}

TEST_CASE("two trainings in one folder are refused" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(150));
  make_folder(folder / "run");
  const FolderLock lock(folder / "run");
  refused(small(features, folder / "run"), {"another tandem at work in it"});
}

TEST_CASE("pooling is refused where there is one view on each side to pool" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(150));
  refused(small(features, folder / "run", {"--pooling", "gpo"}),
          {"several views or tokens on one side at least, for --pooling to pool", "found one view on each"});
  CHECK(!std::filesystem::exists(folder / "run/run.json"));
}
