#include "tandem/encoders/bert.h"
#include "tandem/nn/activation.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randint.h>
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
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

using Path = std::filesystem::path;
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

Path references() { return tests::reference_dir() / "encoders"; }
Path tiny_folder() { return references() / "tiny_bert"; }

BertConfig tiny_config(const std::string& activation = "gelu") {
  const Path path = tiny_folder() / "config.json";
  BertConfig config = read_bert_config(read_json(path), path);
  config.hidden_act = activation;
  return config;
}

struct TinyBatch {
  SafetensorsFile file = SafetensorsFile::open(references() / "tiny_bert_states.safetensors");
  at::Tensor ids = file.tensor("ids");
  at::Tensor mask = file.tensor("mask").to(at::kBool);

  at::Tensor expected(const std::string& activation) const { return file.tensor("hidden_" + activation); }
  /// Largest difference over true tokens.
  double difference(const std::vector<at::Tensor>& states, const at::Tensor& wanted) const {
    return ((at::stack(states) - wanted).abs() * mask.unsqueeze(2)).max().item<double>();
  }
};

NamedTensors tiny_weights() {
  const SafetensorsFile file = SafetensorsFile::open(tiny_folder() / "model.safetensors");
  NamedTensors weights;
  for (const auto& [name, entry] : file.entries()) weights.emplace_back(name, file.tensor(name).clone());
  return weights;
}

std::string complaint_about_config(const char* field, const Json& value) {
  const Path path = "config.json";
  Json config = read_json(tiny_folder() / "config.json");
  config[field] = value;
  try {
    read_bert_config(config, path);
  } catch (const FileError& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("all layers of a small BERT equal those of transformers within 1e-5") {
  const c10::InferenceMode inference;
  const TinyBatch batch;
  for (const char* activation : {"gelu", "gelu_new", "relu"}) {
    const auto bert = read_bert(tiny_config(activation), tiny_folder() / "model.safetensors");
    CHECK(bert->layers() == 2);
    CHECK(bert->width() == 24);
    CHECK(bert->max_tokens() == 16);
    CHECK_MESSAGE(batch.difference(bert->hidden_states(batch.ids, batch.mask), batch.expected(activation)) < 1e-5,
                  activation);
  }
}

TEST_CASE("all layers of all-MiniLM-L6-v2 equal those of transformers within 1e-4" * doctest::test_suite("slow")) {
  const Path folder = tests::models_dir() / "all-MiniLM-L6-v2";
  TANDEM_SKIP_WITHOUT(folder);
  const c10::InferenceMode inference;
  const SafetensorsFile file = SafetensorsFile::open(references() / "minilm_states.safetensors");
  const TextTower tower = open_text_tower(folder);
  std::int64_t row = 0;
  for (const auto& sentence : Json::parse(file.metadata().at("sentences")).get<std::vector<std::string>>()) {
    const std::vector<std::int64_t> ids = tower.tokenizer->encode(sentence, 64);
    at::Tensor batch = at::zeros({1, static_cast<std::int64_t>(ids.size())}, at::kLong);
    for (std::size_t i = 0; i < ids.size(); ++i) batch[0][static_cast<std::int64_t>(i)] = ids[i];
    const at::Tensor mask = at::ones(batch.sizes(), at::kBool);
    const std::vector<at::Tensor> states = tower.encoder->hidden_states(batch, mask);
    REQUIRE(states.size() == 7);
    for (std::size_t layer = 0; layer < states.size(); ++layer) {
      const auto expected = [&](const char* name) { return file.tensor(name)[static_cast<std::int64_t>(layer)][row]; };
      CHECK(at::allclose(pool(states[layer], mask, Pooling::kMean)[0], expected("mean"), 0, 1e-4));
      CHECK(at::allclose(pool(states[layer], mask, Pooling::kCls)[0], expected("cls"), 0, 1e-4));
    }
    ++row;
  }
}

TEST_CASE("padding a batch changes no token's states") {
  const c10::InferenceMode inference;
  const TinyBatch batch;
  const auto bert = read_bert(tiny_config(), tiny_folder() / "model.safetensors");
  const at::Tensor padded = bert->hidden_states(batch.ids, batch.mask).back();
  for (std::int64_t row = 0; row < batch.ids.size(0); ++row) {
    const std::int64_t tokens = batch.mask[row].sum().item<std::int64_t>();
    const at::Tensor alone = batch.ids.narrow(0, row, 1).narrow(1, 0, tokens);
    const at::Tensor states = bert->hidden_states(alone, at::ones(alone.sizes(), at::kBool)).back();
    CHECK(at::allclose(states[0], padded[row].narrow(0, 0, tokens), 0, 1e-5));
  }
}

TEST_CASE("weights named with the bert prefix and stored as float16 are found and widened") {
  const c10::InferenceMode inference;
  const tests::ScratchFolder folder;
  NamedTensors renamed, rounded;
  for (const auto& [name, weight] : tiny_weights()) {
    renamed.emplace_back("bert." + name, weight.to(at::kHalf));
    rounded.emplace_back(name, weight.to(at::kHalf).to(at::kFloat));
  }
  renamed.emplace_back("bert.embeddings.position_ids", at::zeros({1, 16}, at::kLong));
  renamed.emplace_back("bert.pooler.dense.weight", at::zeros({24, 24}));
  write_safetensors(folder / "renamed.safetensors", renamed);
  write_safetensors(folder / "rounded.safetensors", rounded);
  const TinyBatch batch;
  const auto from_half = read_bert(tiny_config(), folder / "renamed.safetensors");
  const auto from_float = read_bert(tiny_config(), folder / "rounded.safetensors");
  CHECK(from_half->hidden_states(batch.ids, batch.mask)
            .back()
            .equal(from_float->hidden_states(batch.ids, batch.mask).back()));
}

TEST_CASE("a weight that is missing or of another shape or not finite is named") {
  const tests::ScratchFolder folder;
  const auto complaint = [&](auto change) {
    NamedTensors weights = tiny_weights();
    for (auto& [name, weight] : weights) change(name, weight);
    write_safetensors(folder / "model.safetensors", weights);
    try {
      read_bert(tiny_config(), folder / "model.safetensors");
    } catch (const FileError& error) {
      return std::string(error.what()).substr(folder.path().string().size() + 1);
    }
    return std::string("nothing");
  };
  const std::string key = "encoder.layer.1.attention.self.key.weight";
  CHECK(complaint([&](std::string& name, at::Tensor&) {
          if (name == key) name = "other";
        }) == "model.safetensors: expected a tensor \"" + key + "\", found none among its 37");
  CHECK(complaint([&](std::string& name, at::Tensor& weight) {
          if (name == key) weight = at::zeros({24, 23});
        }) == "model.safetensors: expected tensor \"" + key + "\" of shape [24, 24], found [24, 23]");
  CHECK(complaint([&](std::string& name, at::Tensor& weight) {
          if (name == key) weight = weight.to(at::kLong);
        }) == "model.safetensors: expected tensor \"" + key + "\" as float32, float16 or bfloat16, found Long");
  CHECK(complaint([&](std::string& name, at::Tensor& weight) {
          if (name == key) weight = at::full({24, 24}, std::numeric_limits<float>::quiet_NaN());
        }) == "model.safetensors: expected finite numbers in tensor \"" + key + "\", found NaN or infinity");
}

TEST_CASE("a configuration that is not built is refused by name") {
  CHECK(complaint_about_config("hidden_act", "snake") == "config.json: expected \"hidden_act\" to be one of " +
                                                             activation_names() +
                                                             ", found "
                                                             "\"snake\"");
  CHECK(complaint_about_config("position_embedding_type", "relative_key") ==
        "config.json: expected \"position_embedding_type\" to be absolute, found \"relative_key\"");
  CHECK(complaint_about_config("num_attention_heads", 5) ==
        "config.json: expected \"hidden_size\" to be a multiple of \"num_attention_heads\", found 24 and 5");
  CHECK(complaint_about_config("num_hidden_layers", 0) ==
        "config.json: expected \"num_hidden_layers\" from 1 to 16777216, found 0");
  CHECK(complaint_about_config("hidden_size", "wide") ==
        "config.json: expected a field \"hidden_size\" of the right type, found the string \"wide\"");
}

TEST_CASE("hidden_states says what does not fit") {
  const auto bert = read_bert(tiny_config(), tiny_folder() / "model.safetensors");
  const at::Tensor ids = at::zeros({2, 17}, at::kLong);
  const at::Tensor mask = at::ones({2, 17}, at::kBool);
  CHECK_THROWS_WITH_AS(bert->hidden_states(ids, mask),
                       doctest::Contains("ids must have at most 16 tokens a row, got [2, 17]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(bert->hidden_states(ids.narrow(1, 0, 3), mask),
                       doctest::Contains("mask must be [2, 3], got [2, 17]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(bert->hidden_states(ids.narrow(1, 0, 3) + 16, mask.narrow(1, 0, 3)),
                       doctest::Contains("ids must be from 0 to 15, got 16 to 16"), c10::ValueError);
}
