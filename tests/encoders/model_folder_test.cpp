#include "tandem/encoders/model_folder.h"

#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/content_hash.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;

namespace {

using Path = std::filesystem::path;
using Names = std::vector<std::string>;

Path tiny_bert() { return tests::reference_dir() / "encoders" / "tiny_bert"; }
Path tiny_efficientnet() { return tests::reference_dir() / "encoders" / "tiny_efficientnet"; }

/// The complaint without the scratch folder's name; "nothing" if there is none.
template <typename Tower>
std::string complaint(Tower (*open)(const Path&, Compute), const Path& folder) {
  try {
    open(folder, {});
  } catch (const FileError& error) {
    const std::string words = error.what();
    return words.starts_with(folder.string() + "/") ? words.substr(folder.string().size() + 1)
                                                    : words.substr(words.find(": ") + 2);
  }
  return "nothing";
}

/// A copy of an encoder's folder, to be spoilt.
struct Copy {
  tests::ScratchFolder scratch;
  Path folder = scratch / "encoder";

  explicit Copy(const Path& original) { std::filesystem::copy(original, folder); }

  void set(const char* field, const Json& value) const {
    Json config = read_json(folder / "config.json");
    config[field] = value;
    write_json(folder / "config.json", config);
  }
};

}  // namespace

TEST_CASE("a text folder opens as a tower with its tokenizer and names its files") {
  const TextTower tower = open_text_tower(tiny_bert());
  CHECK(tower.model_type == "bert");
  CHECK(tower.encoder->width() == 24);
  CHECK(tower.tokenizer->encode("a dog runs", 16) == std::vector<std::int64_t>{2, 5, 6, 8, 9, 3});
  CHECK(tower.tokenizer->pad_id() == 0);
  CHECK(tower.folder == tiny_bert());
  CHECK(tower.files == Names{"config.json", "model.safetensors", "tokenizer_config.json", "vocab.txt"});
}

TEST_CASE("an image folder opens as a tower with its preparation and names its files") {
  const ImageTower tower = open_image_tower(tiny_efficientnet());
  CHECK(tower.model_type == "efficientnet_lite");
  CHECK(tower.encoder->width() == 16);
  CHECK(prepared_size(tower.prep).height == 40);
  CHECK(tower.prep.rescale_factor == 1.0 / 128);
  CHECK(tower.files == Names{"config.json", "model.safetensors", "preprocessor_config.json"});
}

TEST_CASE("a copy of the named files is the same tower and a changed byte is another") {
  const tests::ScratchFolder copy;
  const TextTower tower = open_text_tower(tiny_bert());
  for (const std::string& name : tower.files) std::filesystem::copy(tiny_bert() / name, copy / name);
  CHECK(open_text_tower(copy.path()).fingerprint == tower.fingerprint);
  std::ofstream(copy / "vocab.txt", std::ios::app) << "more\n";
  CHECK(complaint(open_text_tower, copy.path()) ==
        "config.json: expected \"vocab_size\" to cover the tokenizer's 17 ids, found 16");

  const Copy image(tiny_efficientnet());
  const std::string before = open_image_tower(image.folder).fingerprint;
  CHECK(before == open_image_tower(tiny_efficientnet()).fingerprint);
  image.set("note", "a comment");
  CHECK(open_image_tower(image.folder).fingerprint != before);
}

TEST_CASE("a folder that is not there or not a folder or empty is told apart") {
  const tests::ScratchFolder folder;
  CHECK(complaint(open_text_tower, folder / "none") == "expected a folder with an encoder, found nothing of that name");
  CHECK(complaint(open_image_tower, tiny_bert() / "vocab.txt") == "expected a folder with an encoder, found a file");
  CHECK(complaint(open_image_tower, folder.path()) ==
        "expected a folder with an encoder and its config.json, found no config.json");
}

TEST_CASE("an unknown model type is named beside those that are known") {
  const Copy copy(tiny_bert());
  copy.set("model_type", "gpt2");
  CHECK(complaint(open_text_tower, copy.folder) ==
        "config.json: expected a text encoder, whose \"model_type\" is one of: bert, clip, clip_text_model, "
        "distilbert, mpnet, roberta, found \"gpt2\"");
  CHECK(complaint(open_image_tower, copy.folder) ==
        "config.json: expected an image encoder, whose \"model_type\" is one of: efficientnet_lite, resnet, vit, deit, "
        "dinov2, "
        "dinov2_with_registers, clip_vision_model, clip, found "
        "\"gpt2\"");
}

TEST_CASE("a text encoder given as image encoder is called one and the other way round") {
  CHECK(complaint(open_image_tower, tiny_bert()) ==
        "config.json: expected an image encoder, whose \"model_type\" is one of: efficientnet_lite, resnet, vit, deit, "
        "dinov2, "
        "dinov2_with_registers, clip_vision_model, clip, found "
        "\"bert\", a text encoder");
  CHECK(complaint(open_text_tower, tiny_efficientnet()) ==
        "config.json: expected a text encoder, whose \"model_type\" is one of: bert, clip, clip_text_model, "
        "distilbert, mpnet, roberta, found "
        "\"efficientnet_lite\", an image encoder");
}

TEST_CASE("a folder with pickled weights only is refused and told why") {
  const Copy copy(tiny_bert());
  std::filesystem::remove(copy.folder / "model.safetensors");
  CHECK(complaint(open_text_tower, copy.folder) == "expected weights in model.safetensors, found none");
  write_file(copy.folder / "pytorch_model.bin", "PK");
  CHECK(complaint(open_text_tower, copy.folder) ==
        "expected weights in model.safetensors, found only pytorch_model.bin, a pickle, which could run "
        "code");
}

TEST_CASE("missing files and wrong weights are each one sentence") {
  const Copy text(tiny_bert());
  std::filesystem::remove(text.folder / "vocab.txt");
  CHECK(complaint(open_text_tower, text.folder) == "expected a tokenizer (tokenizer.json or vocab.txt), found neither");

  const Copy image(tiny_efficientnet());
  image.set("hidden_size", 17);
  CHECK(complaint(open_image_tower, image.folder) ==
        "model.safetensors: expected tensor \"head.normalization.weight\" of shape [17], found [16]");
  std::filesystem::remove(image.folder / "preprocessor_config.json");
  CHECK(complaint(open_image_tower, image.folder) ==
        "expected an image encoder with its preprocessor_config.json, found no preprocessor_config.json");

  const Copy lying(tiny_efficientnet());
  write_file(lying.folder / "model.safetensors", std::string(8, '\xff'));
  CHECK(complaint(open_image_tower, lying.folder) ==
        "model.safetensors: expected a header that fits the file's 8 bytes, found a header length of "
        "18446744073709551615");
}

TEST_CASE("an encoder in the cache of Hugging Face's tools is refused if its bytes are not those of its name") {
  const tests::ScratchFolder cache;
  const Path blobs = cache / "models--tiny--bert" / "blobs";
  const Path snapshot = cache / "models--tiny--bert" / "snapshots" / std::string(40, 'a');
  std::filesystem::create_directories(blobs);
  std::filesystem::create_directories(snapshot);
  Path weights;
  for (const auto& entry : std::filesystem::directory_iterator(tiny_bert())) {
    const std::string name = entry.path().filename();
    const bool large = name.ends_with(".safetensors");
    const Path blob = blobs / content_hash_like(std::string(large ? 64 : 40, '0'), entry.path());
    std::filesystem::copy(entry.path(), blob);
    std::filesystem::create_symlink(blob.lexically_relative(snapshot), snapshot / name);
    if (name == "model.safetensors") weights = blob;
  }
  CHECK(open_text_tower(snapshot, {}).fingerprint == open_text_tower(tiny_bert(), {}).fingerprint);
  std::string bytes = read_file(weights);
  bytes.back() ^= 1;
  write_file(weights, bytes);
  CHECK(complaint(open_text_tower, snapshot)
            .starts_with("model.safetensors: expected the bytes with hash " + weights.filename().string()));
}
