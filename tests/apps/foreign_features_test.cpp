#include <doctest/doctest.h>

#include "apps/program.h"
#include "apps/shapes_data.h"
#include "tandem/encoders/encoder_fingerprint.h"
#include "tandem/features/feature_manifest.h"
#include "tandem/model/run_folder.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Words = std::vector<std::string>;

std::string tiny_copied_encoder(const char* family) {
  return reference_dir() / "encoders" / (std::string("tiny_") + family);
}

/// Features and a run by tiny encoders that were copied to where a test may change them, and files
/// that nothing may touch.
struct TinyWork {
  ScratchFolder data, work;
  std::filesystem::path models = work / "models/a/b";
  std::filesystem::path features = work / "features";
  std::filesystem::path run = work / "out/run";

  TinyWork() {
    std::filesystem::create_directories(models);
    std::filesystem::copy(tiny_copied_encoder("vit"), models / "vit");
    std::filesystem::copy(tiny_copied_encoder("bert"), models / "bert");
    successful({"encode", "--data", "csv:" + write_shapes(data).string(), "--image-encoder", models / "vit",
                "--image-pooling", "mean", "--text-encoder", models / "bert", "--text-pooling", "mean", "--dtype",
                "fp32", "--out", features});
    successful({"train", features, "--out", run, "--epochs", "1", "--batch-size", "72", "--hidden", "16", "--width",
                "8", "--json"});
    write_file(work / "grid.toml", "[options]\nepochs = 1\nbatch_size = 32\n[grid]\nlearning_rate = [1e-3]\n");
  }

  Words train(const std::string& name) const {
    return {"train", features,   "--out", work / "out" / name, "--epochs", "1",     "--batch-size",
            "72",    "--hidden", "16",    "--width",           "8",        "--json"};
  }
  Words cca(const std::string& name) const {
    return {"cca", features, "--out", work / "out" / name, "--regularisation", "1", "--power", "0", "--json"};
  }
  Words sweep(const std::string& name) const {
    return {"sweep", features, "--grid", work / "grid.toml", "--out", work / "out" / name, "--seeds", "1", "--json"};
  }
  Words ensemble(const std::string& name) const {
    return {"ensemble", run, work / "out/other", "--out", work / "out" / name, "--json"};
  }
  Words finetune(const std::string& name) const {
    return {"finetune",     run,  "--out", work / "out" / name, "--lora", "1", "--epochs", "1",
            "--batch-size", "48", "--json"};
  }
  Words audit(const std::string& name) const {
    return {"audit", run, "--split", "train", "--folds", "2", "--csv", work / "out" / (name + ".csv"), "--json"};
  }
};

/// Puts the names, and the fingerprint of what they lead to, into the image encoder of a manifest
/// or a run.
void name_files(const std::filesystem::path& document, const std::filesystem::path& encoder,
                const std::vector<std::string>& names) {
  Json json = read_checked_json(document);
  Json& record = json.at("image_encoders").at(0);
  record["files"] = names;
  try {
    record["fingerprint"] = encoder_fingerprint(encoder, names, Precision::kFloat32);
  } catch (const FileError&) {  // A name that leads nowhere.
  }
  write_checked_json(document, json);
}

}  // namespace

TEST_CASE("features and runs of strangers name no file outside, whatever command carries their encoders" *
          doctest::test_suite("slow")) {
  const TinyWork tiny;
  successful(tiny.train("other"));
  // Seen from the encoder and from the copy in a run, the name leads to one of these.
  write_file(tiny.work / "models/precious", "theirs");
  write_file(tiny.work / "out/precious", "mine");
  const std::string manifest = read_file(tiny.features / kManifestName);
  const std::string run = read_file(tiny.run / kRunName);
  const std::vector<std::string> names = {"../../../precious",
                                          (tiny.work / "out/precious").string(),
                                          "",
                                          "..",
                                          "config.json/../../../../precious",
                                          std::string("config.json\0.txt", 16)};
  for (const std::string& name : names) {
    CAPTURE(name);
    const std::vector<std::string> files = {"config.json", name};
    name_files(tiny.features / kManifestName, tiny.models / "vit", files);
    for (const Words& words : {tiny.train("new"), tiny.cca("new"), tiny.sweep("new")})
      refused(words, {"manifest.json: expected an encoder's file whose name stays in its folder"});
    write_file(tiny.features / kManifestName, manifest);
    name_files(tiny.run / kRunName, tiny.run / "encoders/image-0", files);
    for (const Words& words :
         {tiny.ensemble("new"), tiny.finetune("new"), tiny.audit("new"), Words{"search", tiny.run, "a red circle"}}) {
      refused(words, {"run.json: expected an encoder's file whose name stays in its folder"});
    }
    write_file(tiny.run / kRunName, run);
  }
  CHECK(read_file(tiny.work / "out/precious") == "mine");
  CHECK(!std::filesystem::exists(tiny.work / "out/new/run.json"));
  for (const Words& words : {tiny.train("fine"), tiny.ensemble("fine-ensemble"), tiny.audit("fine")}) successful(words);
}

TEST_CASE("an encoder that changed since it made the features is refused by what would carry it" *
          doctest::test_suite("slow")) {
  const TinyWork tiny;
  successful(tiny.train("other"));
  const std::string config = read_file(tiny.models / "vit/config.json");
  write_file(tiny.models / "vit/config.json", config + " ");
  for (const Words& words : {tiny.train("new"), tiny.cca("new"), tiny.sweep("new")})
    refused(words, {"expected the encoder that made the features, with fingerprint",
                    "its files have changed, so encode again"});
  CHECK(!std::filesystem::exists(tiny.work / "out/new/run.json"));
  // Runs made before have copies of their own: nothing of it reaches them.
  successful({"search", tiny.run, "a red circle", "--json"});
  successful(tiny.ensemble("both"));
  write_file(tiny.run / "encoders/image-0/config.json", config + " ");
  for (const Words& words : {tiny.ensemble("again"), tiny.finetune("tuned")})
    refused(words, {"expected the encoder that made the features, with fingerprint"});
  successful({"search", tiny.work / "out/both", "a red circle", "--json"});
}
