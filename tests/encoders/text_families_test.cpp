// Every family of text encoders against transformers, and against weights and configurations that
// lie.
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/encoders/model_folder.h"
#include "tandem/encoders/pooling.h"
#include "tandem/nn/activation.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

using Path = std::filesystem::path;
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;
using Names = std::vector<std::string>;

Path encoders() { return tests::reference_dir() / "encoders"; }
Path folder_of(const std::string& family) { return encoders() / ("tiny_" + family); }

const Names kFamilies = {"bert", "roberta", "distilbert", "mpnet", "clip"};

/// A batch with padding, and what transformers makes of it.
struct TextBatch {
  SafetensorsFile file;
  at::Tensor ids, mask, hidden;

  explicit TextBatch(const std::string& family)
      : file(SafetensorsFile::open(encoders() / ("tiny_" + family + "_states.safetensors"))),
        ids(file.tensor("ids")),
        mask(file.tensor("mask").to(at::kBool)),
        hidden(file.tensor(family == "bert" ? "hidden_gelu" : "hidden")) {}

  /// Largest difference over true tokens.
  double error(const std::vector<at::Tensor>& states) const {
    return ((at::stack(states) - hidden).abs() * mask.unsqueeze(2)).max().item<double>();
  }
};

NamedTensors weights_in(const Path& path) {
  const SafetensorsFile file = SafetensorsFile::open(path);
  NamedTensors weights;
  for (const auto& [name, entry] : file.entries()) weights.emplace_back(name, file.tensor(name).clone());
  return weights;
}

/// A copy of an encoder's folder, to be spoilt.
struct TextCopy {
  tests::ScratchFolder scratch;
  Path folder = scratch / "encoder";

  explicit TextCopy(const std::string& family) { std::filesystem::copy(folder_of(family), folder); }

  Json config() const { return read_json(folder / "config.json"); }

  template <typename Change>
  void change_config(Change change) const {
    Json document = config();
    change(document);
    write_json(folder / "config.json", document);
  }

  template <typename Change>
  void change_weights(Change change) const {
    NamedTensors weights = weights_in(folder / "model.safetensors");
    for (auto& [name, weight] : weights) change(name, weight);
    write_safetensors(folder / "model.safetensors", weights);
  }

  /// Spreads the weights over two files and an index.
  void shard(at::ScalarType type) const {
    const NamedTensors weights = weights_in(folder / "model.safetensors");
    std::vector<NamedTensors> shards(2);
    Json map = Json::object();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      shards[i % 2].emplace_back(weights[i].first, weights[i].second.to(type));
      map[weights[i].first] = i % 2 == 0 ? "model-1.safetensors" : "model-2.safetensors";
    }
    write_safetensors(folder / "model-1.safetensors", shards[0]);
    write_safetensors(folder / "model-2.safetensors", shards[1]);
    std::filesystem::remove(folder / "model.safetensors");
    write_json(folder / "model.safetensors.index.json", {{"weight_map", map}});
  }

  std::string complaint() const {
    try {
      open_text_tower(folder);
    } catch (const FileError& error) {
      return std::string(error.what()).substr(folder.string().size() + 1);
    }
    return "nothing";
  }
};

/// A weight of each family's second layer.
std::string key_of(const std::string& family) {
  if (family == "distilbert") return "transformer.layer.1.attention.k_lin.weight";
  if (family == "mpnet") return "encoder.layer.1.attention.attn.k.weight";
  if (family == "clip") return "text_model.encoder.layers.1.self_attn.k_proj.weight";
  return "encoder.layer.1.attention.self.key.weight";
}

}  // namespace

TEST_CASE("all layers of every family equal those of transformers within 1e-5") {
  const c10::InferenceMode inference;
  for (const std::string& family : kFamilies) {
    const TextBatch batch(family);
    const TextTower tower = open_text_tower(folder_of(family));
    CHECK(tower.model_type == family);
    const std::vector<at::Tensor> states = tower.encoder->hidden_states(batch.ids, batch.mask);
    REQUIRE(static_cast<std::int64_t>(states.size()) == tower.encoder->layers() + 1);
    const double error = batch.error(states);
    CHECK_MESSAGE(error < 1e-5, family << " differs by " << error);
  }
}

TEST_CASE("padding a batch changes no token's states in any family" * doctest::test_suite("slow")) {
  const c10::InferenceMode inference;
  for (const std::string& family : kFamilies) {
    const TextBatch batch(family);
    const TextTower tower = open_text_tower(folder_of(family));
    const at::Tensor padded = tower.encoder->hidden_states(batch.ids, batch.mask).back();
    for (std::int64_t row = 0; row < batch.ids.size(0); ++row) {
      const std::int64_t tokens = batch.mask[row].sum().item<std::int64_t>();
      const at::Tensor alone = batch.ids.narrow(0, row, 1).narrow(1, 0, tokens);
      const at::Tensor states = tower.encoder->hidden_states(alone, at::ones(alone.sizes(), at::kBool)).back();
      CHECK_MESSAGE((states[0] - padded[row].narrow(0, 0, tokens)).abs().max().item<double>() < 1e-5, family);
    }
  }
}

TEST_CASE("each family's tokenizer puts the special tokens of that family around") {
  using Ids = std::vector<std::int64_t>;
  const auto ids = [](const char* family) {
    return open_text_tower(folder_of(family)).tokenizer->encode("a dog runs", 16);
  };
  CHECK(ids("bert") == Ids{2, 5, 6, 8, 9, 3});
  CHECK(ids("distilbert") == Ids{2, 5, 6, 8, 9, 3});
  CHECK(ids("mpnet") == Ids{0, 5, 6, 8, 9, 2});
  CHECK(ids("roberta") == Ids{0, 6, 5, 23, 5, 25, 16, 19, 2});
  CHECK(ids("clip") == Ids{36, 16, 33, 35, 10, 29, 37});
}

TEST_CASE("the last token of CLIP's text tower is the pooled output of transformers") {
  const c10::InferenceMode inference;
  const TextBatch batch("clip");
  const TextTower tower = open_text_tower(folder_of("clip"));
  const at::Tensor pooled =
      pool(tower.encoder->hidden_states(batch.ids, batch.mask).back(), batch.mask, Pooling::kLast);
  CHECK((pooled - batch.file.tensor("pooled")).abs().max().item<double>() < 1e-5);
}

TEST_CASE("a text tower of its own is read as the text half of a clip is") {
  const c10::InferenceMode inference;
  const TextBatch batch("clip");
  const TextCopy copy("clip");
  copy.change_config([](Json& config) { config = Json(config.at("text_config")); });
  const TextTower tower = open_text_tower(copy.folder);
  CHECK(tower.model_type == "clip_text_model");
  CHECK(batch.error(tower.encoder->hidden_states(batch.ids, batch.mask)) < 1e-5);
}

TEST_CASE("fields that a clip leaves out are those of transformers") {
  const TextCopy copy("clip");
  copy.change_config([](Json& config) {
    for (const char* field : {"layer_norm_eps", "hidden_act"}) config["text_config"].erase(field);
  });
  CHECK(copy.complaint() == "nothing");
  copy.change_config([](Json& config) { config["text_config"].erase("intermediate_size"); });
  CHECK(copy.complaint() ==
        "model.safetensors: expected tensor \"text_model.encoder.layers.0.mlp.fc1.weight\" of shape [2048, 24], found "
        "[40, 24]");
  copy.change_config([](Json& config) { config["text_config"] = 3; });
  CHECK(copy.complaint() == "config.json: expected an object with the text tower's fields, found the number 3");
}

TEST_CASE("names with the family's prefix and those of TensorFlow's norms are found") {
  const c10::InferenceMode inference;
  for (const std::string family : {"bert", "roberta", "distilbert", "mpnet"}) {
    const TextBatch batch(family);
    const TextCopy copy(family);
    copy.change_weights([&](std::string& name, at::Tensor&) {
      name = family + "." + name;
      if (family != "bert") return;
      if (const std::size_t at = name.find("LayerNorm.weight"); at != std::string::npos)
        name.replace(at, 16, "LayerNorm.gamma");
      if (const std::size_t at = name.find("LayerNorm.bias"); at != std::string::npos)
        name.replace(at, 14, "LayerNorm.beta");
    });
    CHECK_MESSAGE(batch.error(open_text_tower(copy.folder).encoder->hidden_states(batch.ids, batch.mask)) < 1e-5,
                  family);
  }
}

TEST_CASE("weights in several files are those in one and all files are named" * doctest::test_suite("slow")) {
  const c10::InferenceMode inference;
  for (const std::string& family : kFamilies) {
    const TextBatch batch(family);
    for (const auto& [type, tolerance] : {std::pair{at::kFloat, 1e-5}, {at::kHalf, 0.05}, {at::kBFloat16, 0.5}}) {
      const TextCopy copy(family);
      copy.shard(type);
      const TextTower tower = open_text_tower(copy.folder);
      CHECK_MESSAGE(batch.error(tower.encoder->hidden_states(batch.ids, batch.mask)) < tolerance, family);
      const tests::ScratchFolder again;
      for (const std::string& name : tower.files) std::filesystem::copy(copy.folder / name, again / name);
      CHECK(open_text_tower(again.path()).fingerprint == tower.fingerprint);
    }
  }
}

TEST_CASE("an index that lies is refused") {
  const TextCopy copy("bert");
  copy.shard(at::kFloat);
  const Path path = copy.folder / "model.safetensors.index.json";
  const std::string key = key_of("bert");
  const Json good = read_json(path);
  const auto complaint = [&](auto change) {
    Json index = good;
    change(index);
    write_json(path, index);
    return copy.complaint();
  };
  const std::string head = "model.safetensors.index.json: expected ";
  for (const char* name : {"../model-1.safetensors", "/model.safetensors", "", "model.bin"}) {
    CHECK(complaint([&](Json& index) { index["weight_map"][key] = name; }) ==
          head + "plain names of .safetensors files in \"weight_map\", found \"" + name + "\" for \"" + key + "\"");
  }
  CHECK(complaint([&](Json& index) { index["weight_map"]["more"] = "model-1.safetensors"; }) ==
        head + "tensor \"more\" in \"model-1.safetensors\", found none of that name");
  CHECK(complaint([&](Json& index) { index["weight_map"] = Json::object(); }) ==
        head + "tensors in \"weight_map\", found none");
  CHECK(complaint([&](Json& index) { index["weight_map"][key] = 3; }) ==
        head + "a field \"weight_map\" of the right type, found an object");
  CHECK(complaint([&](Json& index) { index.erase("weight_map"); }) == head + "a field \"weight_map\", found none");
  CHECK(complaint([&](Json& index) { index["weight_map"].erase(key); }) ==
        head + "a tensor \"" + key + "\" in \"weight_map\", found none among its 36");
  CHECK(complaint([&](Json& index) {
          index["weight_map"][key] = "model-3.safetensors";
        }).starts_with("model-3.safetensors: expected"));
}

TEST_CASE("a weight that is missing or of another shape or not finite is named in every family") {
  for (const std::string& family : kFamilies) {
    const std::string key = key_of(family);
    const auto complaint = [&](auto change) {
      const TextCopy copy(family);
      copy.change_weights([&](std::string& name, at::Tensor& weight) {
        if (name == key) change(name, weight);
      });
      return copy.complaint();
    };
    const std::string head = "model.safetensors: expected ";
    CHECK(complaint([](std::string& name, at::Tensor&) {
            name = "other";
          }).starts_with(head + "a tensor \"" + key + "\", found none"));
    CHECK(complaint([](std::string&, at::Tensor& weight) { weight = at::zeros({24, 23}); }) ==
          head + "tensor \"" + key + "\" of shape [24, 24], found [24, 23]");
    CHECK(complaint([](std::string&, at::Tensor& weight) {
            weight = at::full({24, 24}, std::numeric_limits<float>::quiet_NaN());
          }) == head + "finite numbers in tensor \"" + key + "\", found NaN or infinity");
  }
}

TEST_CASE("a configuration that lies is refused by field in every family") {
  struct Names {
    const char *family, *width, *heads, *activation;
  };
  for (const Names& names : {Names{"roberta", "hidden_size", "num_attention_heads", "hidden_act"},
                             Names{"distilbert", "dim", "n_heads", "activation"},
                             Names{"mpnet", "hidden_size", "num_attention_heads", "hidden_act"},
                             Names{"clip", "hidden_size", "num_attention_heads", "hidden_act"}}) {
    const auto complaint = [&](const std::string& field, const Json& value) {
      const TextCopy copy(names.family);
      copy.change_config(
          [&](Json& config) { (std::string(names.family) == "clip" ? config["text_config"] : config)[field] = value; });
      return copy.complaint();
    };
    const std::string head = "config.json: expected ";
    const auto quoted = [](const char* field) { return "\"" + std::string(field) + "\""; };
    CHECK(complaint(names.activation, "snake") ==
          head + quoted(names.activation) + " to be one of " + activation_names() + ", found \"snake\"");
    CHECK(complaint(names.heads, 5) ==
          head + quoted(names.width) + " to be a multiple of " + quoted(names.heads) + ", found 24 and 5");
    CHECK(complaint(names.width, -1) == head + quoted(names.width) + " from 1 to 16777216, found -1");
    CHECK(complaint("position_embedding_type", "relative_key") ==
          head + "\"position_embedding_type\" to be absolute, found \"relative_key\"");
    CHECK(complaint("is_decoder", true) == head + "an encoder, found \"is_decoder\": true");
    CHECK(complaint("vocab_size", 5).starts_with(head + "\"vocab_size\" to cover the tokenizer's "));
    CHECK(complaint("vocab_size", 100).starts_with("model.safetensors: expected tensor \""));
    CHECK(complaint("max_position_embeddings", 1000).starts_with("model.safetensors: expected tensor \""));
  }
  const TextCopy roberta("roberta");
  roberta.change_config([](Json& config) { config["pad_token_id"] = 19; });
  CHECK(roberta.complaint() ==
        "config.json: expected \"max_position_embeddings\" past \"pad_token_id\", found 20 and 19");
  const TextCopy mpnet("mpnet");
  mpnet.change_config([](Json& config) { config["relative_attention_num_buckets"] = 2; });
  CHECK(mpnet.complaint() == "config.json: expected \"relative_attention_num_buckets\" from 32 to 16777216, found 2");
}

TEST_CASE("every family takes as many tokens as it has positions for and no more") {
  const std::pair<const char*, std::int64_t> limits[] = {
      {"bert", 16}, {"roberta", 18}, {"distilbert", 16}, {"mpnet", 198}, {"clip", 12}};
  const c10::InferenceMode inference;
  for (const auto& [family, limit] : limits) {
    const TextTower tower = open_text_tower(folder_of(family));
    CHECK(tower.encoder->max_tokens() == limit);
    const at::Tensor ids = at::full({2, limit + 1}, 3, at::kLong);
    const at::Tensor mask = at::ones({2, limit + 1}, at::kBool);
    CHECK(tower.encoder->hidden_states(ids.narrow(1, 0, limit), mask.narrow(1, 0, limit))
              .back()
              .isfinite()
              .all()
              .item<bool>());
    CHECK_THROWS_WITH_AS(
        tower.encoder->hidden_states(ids, mask),
        doctest::Contains(("ids must have at most " + std::to_string(limit) + " tokens a row").c_str()),
        c10::ValueError);
    CHECK(tower.encoder->hidden_states(ids.narrow(0, 0, 0).narrow(1, 0, 2), mask.narrow(0, 0, 0).narrow(1, 0, 2))
              .back()
              .size(0) == 0);
  }
}
