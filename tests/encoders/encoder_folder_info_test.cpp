#include "tandem/encoders/encoder_folder_info.h"

#include <doctest/doctest.h>

#include "tandem/storage/atomic_file.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("describe_folder tells family and size of the installed encoders" * doctest::test_suite("data")) {
  TANDEM_SKIP_WITHOUT(models_dir() / "all-MiniLM-L6-v2");
  TANDEM_SKIP_WITHOUT(models_dir() / "efficientnet-lite0");
  const EncoderFolderInfo mini = describe_folder(models_dir() / "all-MiniLM-L6-v2");
  CHECK(mini.unusable == "");
  CHECK(mini.model_type == "bert");
  CHECK(mini.text);
  CHECK(!mini.image);
  CHECK(mini.width == 384);
  CHECK(mini.layers == 6);
  CHECK(mini.size_bytes > 90868376);
  const EncoderFolderInfo lite = describe_folder(models_dir() / "efficientnet-lite0");
  CHECK(lite.unusable == "");
  CHECK(lite.image);
  CHECK(lite.width == 1280);
  CHECK(lite.layers == 16);
}

TEST_CASE("describe_folder says why a folder cannot be used and never throws") {
  const ScratchFolder folder;
  const auto reason_has = [&](const std::string& part) {
    const std::string reason = describe_folder(folder.path()).unusable;
    CHECK_MESSAGE(reason.find(part) != std::string::npos, "said: ", reason);
  };
  CHECK(describe_folder(folder / "none").unusable.find("nothing of that name") != std::string::npos);
  reason_has("no config.json");
  for (const char* broken : {"", "[]", "{", "{\"model_type\": 3}", "\xff"}) {
    write_file(folder / "config.json", broken);
    CHECK(describe_folder(folder.path()).unusable != "");
  }
  write_file(folder / "config.json", R"({"model_type": "perceptron", "dim": 5, "depths": [2, 3]})");
  reason_has("perceptron");
  CHECK(describe_folder(folder.path()).width == 5);
  CHECK(describe_folder(folder.path()).layers == 5);
  write_file(folder / "config.json",
             R"({"model_type": "bert", "hidden_size": "wide", "blocks": [1, {"repeats": "x"}]})");
  CHECK(!describe_folder(folder.path()).width);
  CHECK(!describe_folder(folder.path()).layers);
  reason_has("found none");
  write_file(folder / "config.json", R"({"model_type": "bert", "depths": [9223372036854775807, 1]})");
  CHECK(!describe_folder(folder.path()).layers);
  write_file(folder / "pytorch_model.bin", "");
  reason_has("a pickle");
  write_file(folder / "model.safetensors", "short");
  reason_has("no tokenizer.json");
  write_file(folder / "vocab.txt", "a");
  reason_has("model.safetensors");
  write_safetensors(folder / "model.safetensors", {});
  CHECK(describe_folder(folder.path()).unusable == "");
  std::filesystem::rename(folder / "model.safetensors", folder / "model-1.safetensors");
  write_file(folder / "model.safetensors.index.json",
             R"({"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}})");
  reason_has("model-2.safetensors");
  write_safetensors(folder / "model-2.safetensors", {});
  CHECK(describe_folder(folder.path()).unusable == "");
}

TEST_CASE("describe_folder knows the width of a ResNet and of a ViT") {
  CHECK(describe_folder(reference_dir() / "encoders" / "tiny_resnet_bottleneck").width == 24);
  CHECK(describe_folder(reference_dir() / "encoders" / "tiny_vit").width == 24);
}
