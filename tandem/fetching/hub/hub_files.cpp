#include "tandem/fetching/hub/hub_files.h"

#include <algorithm>
#include <set>

#include "tandem/base/errors.h"
#include "tandem/storage/inner_name.h"
#include "tandem/storage/json_text.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::string_view kSmallFiles[] = {
    "config.json", "preprocessor_config.json", "processor_config.json",   "vocab.txt",    "vocab.json",
    "merges.txt",  "added_tokens.json",        "special_tokens_map.json", "modules.json", "sentence_bert_config.json"};

bool is_small_file(std::string_view name) {
  if (std::find(std::begin(kSmallFiles), std::end(kSmallFiles), name) != std::end(kSmallFiles)) return true;
  if (name.find('/') != std::string_view::npos) return name.ends_with("_Pooling/config.json");
  return (name.starts_with("tokenizer") && name.ends_with(".json")) || name.ends_with(".model");
}

bool is_pickle(std::string_view name) {
  return name.ends_with(".bin") || name.ends_with(".pt") || name.ends_with(".pth") || name.ends_with(".ckpt") ||
         name.ends_with(".pkl");
}

std::string without_safetensors(const std::vector<std::string>& listed) {
  const auto pickle = std::find_if(listed.begin(), listed.end(), is_pickle);
  return pickle == listed.end() ? "none" : "only " + *pickle + ", a pickle, which could run code";
}

}  // namespace

std::vector<std::string> wanted_files(const std::string& model, const std::vector<std::string>& listed) {
  const auto has = [&](std::string_view name) { return std::find(listed.begin(), listed.end(), name) != listed.end(); };
  std::vector<std::string> wanted;
  for (const std::string& name : listed) {
    if (!stays_in_folder(name)) throw FileError(model, "files that stay in the model's folder", "one that leaves it");
    if (is_small_file(name)) wanted.push_back(name);
  }
  if (!has("config.json")) throw FileError(model, "a model with a config.json", "none");
  if (!has(kWeightsFile) && !has(kWeightsIndexFile))
    throw FileError(model, "weights as model.safetensors", without_safetensors(listed));
  wanted.push_back(has(kWeightsFile) ? kWeightsFile : kWeightsIndexFile);
  return wanted;
}

std::vector<std::string> shards_of_index(const Path& index) {
  const auto weight_map = json_field<Json>(read_json(index), "weight_map", index);
  if (!weight_map.is_object() || weight_map.empty())
    throw FileError(index, "a \"weight_map\" that names files", json_type(weight_map));
  std::set<std::string> shards;
  for (const auto& [tensor, file] : weight_map.items()) {
    if (!file.is_string()) throw FileError(index, "the name of a file for \"" + tensor + "\"", json_type(file));
    shards.insert(file.get<std::string>());
  }
  for (const std::string& shard : shards) {
    if (!stays_in_folder(shard) || !shard.ends_with(".safetensors")) {
      throw FileError(index, "safetensors files in the same folder", quoted_name(shard));
    }
  }
  return {shards.begin(), shards.end()};
}

std::optional<std::string> lacks(const Path& folder) {
  const auto has = [&](std::string_view name) { return std::filesystem::is_regular_file(folder / name); };
  if (!has("config.json")) return "config.json";
  if (!has(kWeightsFile)) {
    if (!has(kWeightsIndexFile)) return kWeightsFile;
    for (const std::string& shard : shards_of_index(folder / kWeightsIndexFile)) {
      if (!has(shard)) return shard;
    }
  }
  const bool prepares = has("preprocessor_config.json");
  bool tokenizes = has("tokenizer.json") || has("vocab.txt") || (has("vocab.json") && has("merges.txt"));
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    tokenizes = tokenizes || entry.path().extension() == ".model";
  const Json config = read_json(folder / "config.json");
  const bool both = config.is_object() && config.contains("vision_config") && config.contains("text_config");
  if (!prepares && (both || !tokenizes))
    return both ? "preprocessor_config.json" : "the files of a tokenizer or preprocessor_config.json";
  if (!tokenizes && both) return "the files of a tokenizer";
  return std::nullopt;
}

}  // namespace tandem
