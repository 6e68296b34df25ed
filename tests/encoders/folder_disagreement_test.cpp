// Folders whose files disagree or say what few folders say, against AutoTokenizer, transformers'
// models and sentence-transformers (tests/reference/make_folder_reference.py).
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <c10/core/InferenceMode.h>
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "encoders/picture_formula.h"
#include "tandem/base/errors.h"
#include "tandem/encoders/model_folder.h"
#include "tandem/encoders/pooling.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

using Path = std::filesystem::path;
using Rows = std::vector<std::int64_t>;

Path folders() { return tests::reference_dir() / "folders"; }
Path tiny(const std::string& name) { return tests::reference_dir() / "encoders" / ("tiny_" + name); }

/// A copy of a small encoder, to be changed.
struct FolderCopy {
  tests::ScratchFolder scratch;
  Path folder = scratch / "encoder";

  explicit FolderCopy(const std::string& name) { std::filesystem::copy(tiny(name), folder); }

  template <typename Change>
  const FolderCopy& change(const char* file, Change change) const {
    Json document = std::filesystem::exists(folder / file) ? read_json(folder / file) : Json::object();
    change(document);
    write_json(folder / file, document);
    return *this;
  }

  template <typename Open>
  std::string complaint(Open open) const {
    try {
      open(folder, Compute{});
    } catch (const FileError& error) {
      return std::string(error.what()).substr(folder.string().size() + 1);
    }
    return "nothing";
  }
};

const SafetensorsFile& states() {
  static const SafetensorsFile file = SafetensorsFile::open(folders() / "states.safetensors");
  return file;
}

double difference(const at::Tensor& a, const at::Tensor& b) {
  REQUIRE(a.sizes() == b.sizes());
  return (a - b).abs().max().item<double>();
}

}  // namespace

TEST_CASE("segments that a post-processor numbers are those BERT is given by transformers") {
  const c10::InferenceMode inference;
  const FolderCopy copy("bert");
  const std::string before = open_text_tower(copy.folder).fingerprint;
  std::filesystem::copy(folders() / "segments.json", copy.folder / "tokenizer.json");
  const TextTower tower = open_text_tower(copy.folder);
  CHECK(tower.fingerprint != before);
  const at::Tensor ids = states().tensor("bert_ids");
  const at::Tensor mask = states().tensor("bert_mask").to(at::kBool);
  const at::Tensor hidden = at::stack(tower.encoder->hidden_states(ids, mask));
  CHECK(((hidden - states().tensor("bert_hidden")).abs() * mask.unsqueeze(2)).max().item<double>() < 1e-5);

  // The segments are left out, and with them the difference to the plain tokenizer, where the model
  // is not given them.
  copy.change("tokenizer_config.json",
              [](Json& config) { config["model_input_names"] = {"input_ids", "attention_mask"}; });
  const at::Tensor without = open_text_tower(copy.folder).encoder->hidden_states(ids, mask).back();
  CHECK(((without - hidden[2]).abs() * mask.unsqueeze(2)).max().item<double>() > 0.1);
  copy.change("tokenizer_config.json", [](Json& config) { config.erase("model_input_names"); });
  copy.change("tokenizer.json", [](Json& json) { json["post_processor"]["single"][1]["Sequence"]["type_id"] = 2; });
  CHECK(copy.complaint(open_text_tower) ==
        "config.json: expected \"type_vocab_size\" to cover the tokenizer's segment 2, found 2");
}

TEST_CASE("MPNet has 32 buckets of distances whatever its file says as in transformers") {
  const c10::InferenceMode inference;
  const FolderCopy copy("mpnet");
  std::vector<std::pair<std::string, at::Tensor>> weights;
  {
    const SafetensorsFile file = SafetensorsFile::open(copy.folder / "model.safetensors");
    for (const auto& [name, entry] : file.entries()) {
      at::Tensor weight = file.tensor(name).clone();
      if (name == "encoder.relative_attention_bias.weight")
        weight = at::cat({weight, at::full({8, weight.size(1)}, 3.0F)});
      weights.emplace_back(name, weight);
    }
  }
  write_safetensors(copy.folder / "model.safetensors", weights);
  copy.change("config.json", [](Json& config) { config["relative_attention_num_buckets"] = 40; });
  const at::Tensor ids = states().tensor("mpnet_ids");
  const at::Tensor last =
      open_text_tower(copy.folder).encoder->hidden_states(ids, at::ones_like(ids, at::kBool)).back()[0];
  CHECK(difference(last.slice(0, 0, last.size(0), 8), states().tensor("mpnet_last")) < 1e-5);
}

TEST_CASE("the pooled token of CLIP is the first end token or where the file is old the largest id") {
  const c10::InferenceMode inference;
  const at::Tensor ids = states().tensor("clip_ids");
  const at::Tensor all = at::ones_like(ids, at::kBool);
  for (const auto& [end, expected] : {std::pair{37, "clip_first_end"}, {2, "clip_largest_id"}, {9, "clip_other_end"}}) {
    const FolderCopy copy("clip");
    copy.change("config.json", [end = end](Json& config) { config["text_config"]["eos_token_id"] = end; });
    const TextTower tower = open_text_tower(copy.folder);
    const at::Tensor hidden = tower.encoder->hidden_states(ids, all).back();
    std::vector<at::Tensor> pooled;
    for (std::int64_t row = 0; row < ids.size(0); ++row) {
      const at::Tensor one = ids[row].contiguous();
      const Rows text(one.const_data_ptr<std::int64_t>(), one.const_data_ptr<std::int64_t>() + one.numel());
      pooled.push_back(hidden[row][tower.encoder->end_place(text)]);
    }
    CHECK_MESSAGE(difference(at::stack(pooled), states().tensor(expected)) < 1e-5, expected);
  }
  const FolderCopy copy("clip");
  copy.change("config.json", [](Json& config) { config["text_config"]["eos_token_id"] = 49407; });
  CHECK(copy.complaint(open_text_tower) == "config.json: expected \"eos_token_id\" from 0 to 37, found 49407");
}

TEST_CASE("what a CLIP's file says twice holds as the second time says it for both halves") {
  const c10::InferenceMode inference;
  const FolderCopy copy("clip_both_halves");
  const std::string before = open_image_tower(copy.folder).fingerprint;
  std::filesystem::remove(copy.folder / "config.json");
  std::filesystem::copy(folders() / "clip_twice.json", copy.folder / "config.json");
  const ImageTower tower = open_image_tower(copy.folder);
  CHECK(tower.fingerprint != before);
  const at::Tensor last = tower.encoder->patch_states(tests::formula_pixels(2, 16, 16));
  CHECK(difference(last.select(1, 0), states().tensor("clip_vision_pooled")) < 1e-4);
  CHECK(difference(last.slice(1, 1, last.size(1), 5), states().tensor("clip_vision_patches")) < 1e-4);
}

TEST_CASE("a caption longer than all-MiniLM-L6-v2 takes is cut where sentence-transformers cuts it" *
          doctest::test_suite("slow")) {
  TANDEM_SKIP_WITHOUT(tests::models_dir() / "all-MiniLM-L6-v2");
  const c10::InferenceMode inference;
  const TextTower tower = open_text_tower(tests::models_dir() / "all-MiniLM-L6-v2");
  CHECK(tower.max_tokens == 256);
  CHECK(tower.encoder->max_tokens() == 512);
  const SafetensorsFile expected = SafetensorsFile::open(folders() / "minilm_long.safetensors");
  const Rows row = tower.tokenizer->encode(expected.metadata().at("caption"), tower.max_tokens);
  CHECK(row.size() == 256);
  const at::Tensor ids = at::tensor(row, at::kLong).unsqueeze(0);
  const at::Tensor mask = at::ones_like(ids, at::kBool);
  const at::Tensor mean = pool(tower.encoder->hidden_states(ids, mask).back(), mask, Pooling::kMean);
  CHECK(difference(mean / at::linalg_vector_norm(mean), expected.tensor("embedding")) < 1e-5);
}

TEST_CASE("a length that cuts captions sooner is another encoder and a longer one is not") {
  const FolderCopy copy("bert");
  const auto cut = [&](const char* file, const char* field, const Json& value) {
    copy.change(file, [&](Json& config) { config[field] = value; });
    const TextTower tower = open_text_tower(copy.folder);
    return std::pair(tower.max_tokens, tower.fingerprint);
  };
  const auto [whole, plain] = cut("tokenizer_config.json", "model_max_length", 1e30);
  CHECK(whole == 16);
  const auto [shorter, other] = cut("tokenizer_config.json", "model_max_length", 8);
  CHECK(shorter == 8);
  CHECK(other != plain);
  const auto [of_sentences, third] = cut("sentence_bert_config.json", "max_seq_length", 12);
  CHECK(of_sentences == 12);
  CHECK(third != other);
  CHECK(open_text_tower(copy.folder).files.back() == "vocab.txt");
  CHECK(cut("sentence_bert_config.json", "max_seq_length", 512).first == 16);
  copy.change("sentence_bert_config.json", [](Json& config) { config["max_seq_length"] = 0; });
  CHECK(copy.complaint(open_text_tower) ==
        "sentence_bert_config.json: expected \"max_seq_length\" of 1 or more, found the number 0");
  copy.change("sentence_bert_config.json", [](Json& config) { config = {{"do_lower_case", true}}; });
  CHECK(copy.complaint(open_text_tower) == "nothing");
  copy.change("tokenizer_config.json", [](Json& config) { config["do_lower_case"] = false; });
  CHECK(copy.complaint(open_text_tower) ==
        "sentence_bert_config.json: expected \"do_lower_case\" only with a tokenizer that lower-cases, found true");
}

TEST_CASE("a number in config.json that is not one is refused by field") {
  const auto with = [](const char* name, const char* field, const Json& value) {
    const FolderCopy copy(name);
    return copy.change("config.json", [&](Json& config) { config[field] = value; }).complaint(open_text_tower);
  };
  CHECK(with("bert", "num_hidden_layers", 2.5) ==
        "config.json: expected a whole number from -9223372036854775808 to 9223372036854775807 as field "
        "\"num_hidden_layers\", found the number 2.5");
  CHECK(with("bert", "num_hidden_layers", true) ==
        "config.json: expected a whole number from -9223372036854775808 to 9223372036854775807 as field "
        "\"num_hidden_layers\", found true");
  for (const char* family : {"bert", "distilbert", "mpnet", "roberta"}) {
    const Json config = read_json(tiny(family) / "config.json");
    const std::string last = std::to_string(config.at("vocab_size").get<int>() - 1);
    CHECK(with(family, "pad_token_id", -5) ==
          "config.json: expected \"pad_token_id\" from 0 to " + last + ", found -5");
    CHECK(with(family, "pad_token_id", 1000000000) ==
          "config.json: expected \"pad_token_id\" from 0 to " + last + ", found 1000000000");
  }
  const FolderCopy vit("vit");
  vit.change("config.json", [](Json& config) { config["patch_size"] = 4.5; });
  CHECK(vit.complaint(open_image_tower) ==
        "config.json: expected a whole number from -9223372036854775808 to 9223372036854775807 as field "
        "\"patch_size\", found the number 4.5");
}
