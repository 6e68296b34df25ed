#include "tandem/tokenizers/tokenizer_config.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::int64_t kIdsBelow = std::int64_t{1} << 31;
constexpr const char* kConfigName = "tokenizer_config.json";
constexpr const char* kMapName = "special_tokens_map.json";
constexpr const char* kAddedName = "added_tokens.json";
constexpr const char* kSentenceName = "sentence_bert_config.json";
constexpr const char* kDecoder = "added_tokens_decoder";
constexpr const char* kAdditional = "additional_special_tokens";
constexpr const char* kGeneric = "PreTrainedTokenizer";

std::string in_quotes(const std::string& text) { return "\"" + text + "\""; }

/// An empty object if there is no such file.
Json read_object(const Path& path) {
  if (!std::filesystem::exists(path)) return Json::object();
  Json document = read_json(path);
  if (!document.is_object()) throw FileError(path, "an object", json_type(document));
  return document;
}

bool is_given(const Json& document, const char* field) {
  return document.contains(field) && !document.at(field).is_null();
}

/// A length; nothing if the number is so large that it means "any", such as transformers' 1e30.
std::optional<std::int64_t> read_length(const Json& document, const char* field, const Path& path) {
  if (!is_given(document, field)) return std::nullopt;
  const Json& value = document.at(field);
  if (value.is_number() && value.get<double>() >= static_cast<double>(kIdsBelow)) return std::nullopt;
  if (!json_holds<std::int64_t>(value) || value < 1)
    throw FileError(path, in_quotes(field) + " of 1 or more", json_type(value));
  return value.get<std::int64_t>();
}

std::string without_fast(std::string name) {
  if (name.ends_with("Fast")) name.resize(name.size() - 4);
  return name;
}

void read_class(const Path& folder, const std::vector<std::string>& classes, TokenizerConfig& config) {
  Path path = config.path;
  auto name = json_field_or<std::string>(config.values, "tokenizer_class", "", path);
  if (name.empty()) {
    path = folder / "config.json";
    name = json_field_or<std::string>(read_object(path), "tokenizer_class", "", path);
  }
  config.tokenizer_class = name.empty() ? classes.front() : without_fast(name);
  if (config.is_generic() || std::find(classes.begin(), classes.end(), config.tokenizer_class) != classes.end()) return;
  std::string known;
  for (const std::string& one : classes) known += one + ", ";
  throw FileError(path, "\"tokenizer_class\" to be one of " + known + kGeneric + "Fast", Json(name).dump());
}

/// Old files keep the special tokens in a separate file, and transformers uses that file.
void merge_special_tokens_map(const Path& folder, TokenizerConfig& config) {
  const Json map = read_object(folder / kMapName);
  const Json before = config.values;
  for (const std::string& name : special_token_names()) {
    if (!is_given(map, name.c_str())) continue;
    Json value = map.at(name);
    if (value.is_object() && !value.contains("normalized")) value["normalized"] = false;  // because it is special
    if (name == kAdditional && value.is_array() && is_given(config.values, kAdditional)) {
      Json both = config.values.at(kAdditional);
      for (const Json& token : value) {
        if (std::find(both.begin(), both.end(), token) == both.end()) both.push_back(token);
      }
      value = both;
    }
    config.values[name] = value;
  }
  if (config.values != before) config.files.emplace_back(kMapName);
}

bool names_special_token(const Json& values, const std::string& content) {
  const auto is_it = [&](const Json& token) {
    return token == content || (token.is_object() && token.value("content", Json()) == content);
  };
  for (const std::string& name : special_token_names()) {
    const Json value = values.value(name, Json());
    if (value.is_array() ? std::any_of(value.begin(), value.end(), is_it) : is_it(value)) return true;
  }
  return false;
}

std::int64_t id_in(const std::string& digits, const Path& path) {
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (error != std::errc() || end != digits.data() + digits.size() || id < 0 || id >= kIdsBelow) {
    throw FileError(path, "token ids from 0 to 2^31 - 1 in \"added_tokens_decoder\"",
                    Json(digits).dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  return id;
}

void read_added_tokens(const Path& folder, TokenizerConfig& config) {
  if (is_given(config.values, kDecoder)) {
    config.added_go_first = true;
    for (const auto& [id, json] : json_field<std::map<std::string, Json>>(config.values, kDecoder, config.path)) {
      AddedToken token = read_added_token(json, !json_field_or(json, "special", false, config.path), config.path);
      token.id = id_in(id, config.path);
      config.added.push_back(std::move(token));
    }
  } else if (const Path path = folder / kAddedName; std::filesystem::exists(path)) {
    const Json document = read_object(path);
    for (const auto& [content, value] : document.items()) {
      const std::int64_t id = json_integer(document, content, 0, kIdsBelow - 1, path);
      if (content.empty()) throw FileError(path, "added tokens that are not empty", "an empty one");
      config.added.push_back(
          {.content = content, .id = id, .normalized = !names_special_token(config.values, content)});
    }
    config.files.emplace_back(kAddedName);
  }
  std::sort(config.added.begin(), config.added.end(),
            [](const AddedToken& a, const AddedToken& b) { return a.id < b.id; });
}

void read_sentence_config(const Path& folder, TokenizerConfig& config) {
  const Path path = folder / kSentenceName;
  const Json document = read_object(path);
  const std::optional<std::int64_t> length = read_length(document, "max_seq_length", path);
  config.lower_case_first = json_field_or(document, "do_lower_case", false, path);
  const bool changes = length && length != config.max_tokens;
  if (length) config.max_tokens = length;
  if (changes || config.lower_case_first) config.files.emplace_back(kSentenceName);
}

}  // namespace

bool TokenizerConfig::is_generic() const { return tokenizer_class == kGeneric; }

bool TokenizerConfig::gives_segments() const {
  constexpr const char* kSegments = "token_type_ids";
  if (is_given(values, "model_input_names")) {
    const auto names = json_field<std::vector<std::string>>(values, "model_input_names", path);
    return std::find(names.begin(), names.end(), kSegments) != names.end();
  }
  return is_generic() || tokenizer_class == "BertTokenizer" || tokenizer_class == "ElectraTokenizer";
}

TokenizerConfig read_tokenizer_config(const Path& folder, const std::vector<std::string>& classes) {
  TokenizerConfig config{.path = folder / kConfigName};
  config.values = read_object(config.path);
  if (std::filesystem::exists(config.path)) config.files = {kConfigName};
  const auto side = json_field_or<std::string>(config.values, "truncation_side", "right", config.path);
  if (side != "right") throw FileError(config.path, "\"truncation_side\" to be right", in_quotes(side));
  if (json_field_or(config.values, "split_special_tokens", false, config.path)) {
    throw FileError(config.path, "\"split_special_tokens\" to be false", "true");
  }
  read_class(folder, classes, config);
  if (!is_given(config.values, kDecoder)) merge_special_tokens_map(folder, config);
  read_added_tokens(folder, config);
  config.max_tokens = read_length(
      config.values, is_given(config.values, "model_max_length") ? "model_max_length" : "max_len", config.path);
  read_sentence_config(folder, config);
  return config;
}

AddedToken read_added_token(const Json& json, bool normalized, const Path& path) {
  AddedToken token{.content = json_field<std::string>(json, "content", path),
                   .left_strip = json_field_or(json, "lstrip", false, path),
                   .right_strip = json_field_or(json, "rstrip", false, path),
                   .normalized = json_field_or(json, "normalized", normalized, path)};
  if (token.content.empty()) throw FileError(path, "added tokens with a \"content\"", "an empty one");
  if (json_field_or(json, "single_word", false, path)) {
    throw FileError(path, "added tokens without \"single_word\"", in_quotes(token.content) + " with it");
  }
  return token;
}

const std::vector<std::string>& special_token_names() {
  static const std::vector<std::string> names = {"bos_token", "eos_token", "unk_token",  "sep_token",
                                                 "pad_token", "cls_token", "mask_token", kAdditional};
  return names;
}

}  // namespace tandem
