#include <doctest/doctest.h>

#include "apps/program.h"
#include "apps/shapes_data.h"
#include "tandem/model/run_folder.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/safetensors.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

std::string tiny(const char* family) { return reference_dir() / "encoders" / (std::string("tiny_") + family); }

/// The shapes through tiny random encoders, and heads trained on them.
struct TinyRun {
  ScratchFolder data, out;
  std::string features = out / "features";
  std::string run = out / "run";

  explicit TinyRun(const char* image = "vit") {
    const std::string csv = write_shapes(data).string();
    successful({"encode", "--data", "csv:" + csv, "--image-encoder", tiny(image), "--image-pooling", "mean",
                "--text-encoder", tiny("bert"), "--text-pooling", "mean,max@-2", "--dtype", "fp32", "--out", features});
    successful(
        {"train", features, "--out", run, "--epochs", "10", "--batch-size", "72", "--hidden", "32", "--width", "32"});
  }

  std::vector<std::string> finetune(const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"finetune",     run,  "--out", out / "tuned", "--epochs", "2",
                                      "--batch-size", "48", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
};

}  // namespace

TEST_CASE("a fine-tuned run measures what fine-tuning said, searches, and has merged encoders and an adapter" *
          doctest::test_suite("slow")) {
  const TinyRun tiny_run;
  const std::string tuned = tiny_run.out / "tuned";
  const auto words = tiny_run.finetune({"--tower", "both", "--lora", "2", "--learning-rate", "0.01"});
  const Json said = Json::parse(successful(words));
  CHECK(said.at("dev_mean_recall").get<double>() >= said.at("dev_mean_recall_before").get<double>());
  for (const char* name : {"run.json", "finetune.json", "features/manifest.json", "encoders/image-0/model.safetensors",
                           "encoders/text-0/vocab.txt", "adapters/text-0/adapter_model.safetensors",
                           "adapters/image-0/adapter_config.json"}) {
    CHECK_MESSAGE(std::filesystem::exists(std::filesystem::path(tuned) / name), name);
  }
  CHECK(!std::filesystem::exists(std::filesystem::path(tuned) / "checkpoint.safetensors"));

  const Json dev = Json::parse(successful({"eval", tuned, "--split", "dev", "--json"}));
  double mean = 0;
  for (const char* way : {"image_to_text", "text_to_image"}) {
    for (const char* k : {"r1", "r5", "r10"}) mean += dev.at(way).at(k).get<double>() / 6;
  }
  CHECK(mean == doctest::Approx(said.at("dev_mean_recall").get<double>()).epsilon(0.01));
  CHECK(Json::parse(successful({"search", tuned, "a red ball", "-k", "3", "--json"})).at("results").size() == 3);
  refused(words, {"expected a folder without a run", "found a finished run"});
}

TEST_CASE("heads that were solved for are a start like trained ones, and what comes of them was trained" *
          doctest::test_suite("slow")) {
  const TinyRun tiny_run;
  // Regularised so strongly, what rounds differently in the plain operators stays small; random
  // encoders' features hardly move.
  successful({"cca", tiny_run.features, "--out", tiny_run.run, "--overwrite", "--regularisation", "10", "--power", "1",
              "--json"});
  const Json said = Json::parse(successful(tiny_run.finetune({"--lora", "2", "--learning-rate", "0.01"})));
  const Json start = read_checked_json(tiny_run.run + "/run.json");
  const Json tuned = read_checked_json((tiny_run.out / "tuned").string() + "/run.json");
  CHECK(said.at("dev_mean_recall_before").get<double>() ==
        doctest::Approx(start.at("dev_mean_recall").get<double>()).epsilon(0.01));
  CHECK(said.at("dev_mean_recall").get<double>() >= said.at("dev_mean_recall_before").get<double>());
  CHECK(tuned.at("cca").is_null());
  CHECK(tuned.at("options").at("image_head").at("kind") == "linear");
}

TEST_CASE("the side that is not trained keeps its features and its encoder bit for bit" * doctest::test_suite("slow")) {
  const TinyRun tiny_run;
  const std::filesystem::path tuned = tiny_run.out / "tuned";
  const std::filesystem::path before = tiny_run.features;
  const Json said = Json::parse(successful(tiny_run.finetune({"--unfreeze-last", "1", "--learning-rate", "0.01"})));
  const auto rows = [](const std::filesystem::path& store, const char* shard) {
    const SafetensorsFile file = SafetensorsFile::open(store / shard);
    return file.tensor(file.entries().begin()->first).clone();
  };
  CHECK(rows(tuned / "features", "image-00000.safetensors").equal(rows(before, "image-00000.safetensors")));
  CHECK(read_file(tuned / "encoders/image-0/model.safetensors") ==
        read_file(std::filesystem::path(tiny("vit")) / "model.safetensors"));
  // The other side changes, unless the start was best on dev.
  CHECK(rows(tuned / "features", "text-00000.safetensors").equal(rows(before, "text-00000.safetensors")) ==
        (said.at("best_epoch") == 0));
}

TEST_CASE("a column that the last norm has switched off does not make fine-tuning leap" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::filesystem::path encoder = folder / "bert";
  std::filesystem::copy(tiny("bert"), encoder);
  NamedTensors weights;
  const SafetensorsFile stored = SafetensorsFile::open(encoder / "model.safetensors");
  for (const auto& [name, entry] : stored.entries()) {
    weights.emplace_back(name, stored.tensor(name).clone());
    if (!name.ends_with("layer.1.output.LayerNorm.weight") && !name.ends_with("layer.1.output.LayerNorm.bias"))
      continue;
    weights.back().second[3] = name.ends_with("weight") ? 1e-8 : -1e-7;  // as all-MiniLM-L6-v2 has it
  }
  write_safetensors(encoder / "model.safetensors", weights, {{"format", "pt"}});
  successful({"encode", "--data", "csv:" + write_shapes(folder).string(), "--image-encoder", tiny("vit"),
              "--text-encoder", encoder, "--text-pooling", "mean", "--dtype", "fp32", "--out", folder / "features"});
  successful({"train", folder / "features", "--out", folder / "run", "--epochs", "10", "--batch-size", "72", "--hidden",
              "32", "--width", "32", "--noise", "0.1", "--dropout", "0"});
  const auto loss_with = [&](const char* rate) {
    successful({"finetune", folder / "run", "--out", folder / rate, "--unfreeze-last", "1", "--epochs", "2",
                "--batch-size", "48", "--warm-up", "0", "--head-learning-rate", "0", "--learning-rate", rate});
    return read_json(std::filesystem::path(folder / rate) / "finetune.json")
        .at("epochs")
        .at(2)
        .at("loss")
        .get<double>();
  };
  CHECK(loss_with("1e-5") == doctest::Approx(loss_with("1e-12")).epsilon(0.01));

  Run older = open_run(folder / "run");  // of a version that scaled the column up
  for (const auto& [name, tensor] : older.text_heads.members().front().tensors()) {
    if (name == "deviation") tensor[3] = 2e-9;
  }
  write_run(folder / "run", older);
  refused({"finetune", folder / "run", "--out", folder / "leap", "--unfreeze-last", "1"},
          {"run: expected heads that leave out columns which hardly move", "found 1 such column of the captions"});
  CHECK(!std::filesystem::exists(folder / "leap"));
}

TEST_CASE("what cannot be fine-tuned is refused in one sentence, and leaves no run" * doctest::test_suite("slow")) {
  const TinyRun tiny_run("resnet_basic");
  refused(tiny_run.finetune({}), {"needed either --unfreeze-last N or --lora RANK, got neither"});
  refused(tiny_run.finetune({"--lora", "2", "--unfreeze-last", "1"}), {"got both"});
  refused(tiny_run.finetune({"--tower", "image", "--lora", "2"}),
          {"expected an encoder of transformer layers", "found resnet"});
  refused(tiny_run.finetune({"--unfreeze-last", "3"}),
          {"expected views that reach layer 3 or deeper", "found none deeper than 2"});
  refused({"finetune", tiny_run.out / "nowhere", "--out", tiny_run.out / "tuned", "--lora", "1"},
          {"nothing of that name"});
  CHECK(!std::filesystem::exists(tiny_run.out / "tuned" / "run.json"));
  refused(tiny_run.finetune({"--lora", "2", "--features", tiny_run.data.path()}), {"manifest.json"});
}
