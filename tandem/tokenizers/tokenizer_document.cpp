#include "tandem/tokenizers/tokenizer_document.h"

#include <utility>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::int64_t kIdLimit = std::int64_t{1} << 31;
constexpr const char* kConfigName = "tokenizer_config.json";

std::int64_t checked_id(std::int64_t id, const std::string& token, const Path& path) {
  if (id < 0 || id >= kIdLimit) {
    throw FileError(path, "token ids from 0 to 2^31 - 1", std::to_string(id) + " for \"" + token + "\"");
  }
  return id;
}

void check_type(const std::string& type, const char* name, const std::string& wanted, const Path& path) {
  if (type != wanted) throw FileError(path, "a \"" + std::string(name) + "\" of type " + wanted, "\"" + type + "\"");
}

const Json& part(const Json& document, const char* name, const std::string& wanted, const Path& path) {
  const auto found = document.find(name);
  if (found == document.end() || !found->is_object()) {
    throw FileError(path, "a \"" + std::string(name) + "\" of type " + wanted,
                    found == document.end() ? "none" : json_type(*found));
  }
  return *found;
}

AddedToken added_token(const Json& json, const Path& path) {
  AddedToken token{.content = json_field<std::string>(json, "content", path),
                   .left_strip = json_field_or(json, "lstrip", false, path),
                   .right_strip = json_field_or(json, "rstrip", false, path),
                   .normalized = json_field_or(json, "normalized", false, path)};
  if (token.content.empty()) throw FileError(path, "added tokens with a \"content\"", "an empty one");
  if (json_field_or(json, "single_word", false, path)) {
    throw FileError(path, "added tokens without \"single_word\"", "\"" + token.content + "\" with it");
  }
  return token;
}

/// The ids around one text, from a TemplateProcessing ([{SpecialToken}, {Sequence: A}, {SpecialToken}]).
void read_template(const Json& processor, TokenFrame& frame, const Path& path) {
  const auto specials = json_field<Json>(processor, "special_tokens", path);
  bool behind = false;
  for (const Json& step : json_field<std::vector<Json>>(processor, "single", path)) {
    if (step.contains("Sequence")) {
      if (behind) throw FileError(path, "the text once in \"post_processor\"", "twice");
      behind = true;
      continue;
    }
    const auto name = json_field<std::string>(json_field<Json>(step, "SpecialToken", path), "id", path);
    for (const std::int64_t id :
         json_field<std::vector<std::int64_t>>(json_field<Json>(specials, name, path), "ids", path)) {
      (behind ? frame.after : frame.before).push_back(checked_id(id, name, path));
    }
  }
  if (!behind) throw FileError(path, "the text in \"post_processor\"", "special tokens only");
}

/// The ids around one text, from a BertProcessing or RobertaProcessing ({"cls": ["[CLS]", 101], "sep": ["[SEP]", 102]}).
void read_cls_and_sep(const Json& processor, TokenFrame& frame, const Path& path) {
  const auto special = [&](const char* name) {
    const auto [token, id] = json_field<std::pair<std::string, std::int64_t>>(processor, name, path);
    return checked_id(id, token, path);
  };
  frame.before = {special("cls")};
  frame.after = {special("sep")};
}

void read_post_processor(const Json& processor, TokenFrame& frame, const Path& path) {
  const auto type = json_field<std::string>(processor, "type", path);
  if (type == "Sequence") {
    for (const Json& step : json_field<std::vector<Json>>(processor, "processors", path)) read_post_processor(step, frame, path);
    return;
  }
  if (type == "ByteLevel") return;  // changes offsets, no ids
  if (!frame.before.empty() || !frame.after.empty()) {
    throw FileError(path, "special tokens once in \"post_processor\"", "twice");
  }
  if (type == "TemplateProcessing") {
    read_template(processor, frame, path);
  } else if (type == "BertProcessing" || type == "RobertaProcessing") {
    read_cls_and_sep(processor, frame, path);
  } else {
    throw FileError(path, "a \"post_processor\" of type TemplateProcessing, BertProcessing or RobertaProcessing",
                    "\"" + type + "\"");
  }
}

}  // namespace

TokenizerConfig read_tokenizer_config(const Path& folder) {
  TokenizerConfig config{.path = folder / kConfigName};
  if (!std::filesystem::exists(config.path)) return config;
  config.values = read_json(config.path);
  config.files = {kConfigName};
  if (!config.values.is_object()) throw FileError(config.path, "an object", json_type(config.values));
  const auto side = json_field_or<std::string>(config.values, "truncation_side", "right", config.path);
  if (side != "right") throw FileError(config.path, "\"truncation_side\" to be right", "\"" + side + "\"");
  return config;
}

AddedToken special_token(const TokenizerConfig& config, const char* name, AddedToken otherwise, const Vocabulary& vocabulary,
                         const Path& path) {
  AddedToken token = std::move(otherwise);
  if (const auto found = config.values.find(name); found != config.values.end() && found->is_object()) {
    token = added_token(*found, config.path);
  } else {
    token.content = json_field_or(config.values, name, token.content, config.path);
  }
  token.id = id_of(vocabulary, token.content, path);
  return token;
}

const Json& part_of_type(const Json& document, const char* name, const std::string& wanted, const Path& path) {
  const Json& found = part(document, name, wanted, path);
  check_type(json_field<std::string>(found, "type", path), name, wanted, path);
  return found;
}

const Json& model_of_type(const Json& document, const std::string& wanted, const Path& path) {
  const Json& model = part(document, "model", wanted, path);
  const std::string old_type = model.contains("merges") ? "BPE" : "WordPiece";
  check_type(json_field_or(model, "type", old_type, path), "model", wanted, path);
  return model;
}

Vocabulary vocabulary_of(const Json& tokens, const Path& path) {
  if (!tokens.is_object()) throw FileError(path, "an object with a vocabulary", json_type(tokens));
  check_token_count(tokens.size(), path);
  Vocabulary vocabulary;
  for (const auto& [token, id] : tokens.items()) {
    if (!id.is_number_integer()) throw FileError(path, "token ids from 0 to 2^31 - 1", json_type(id) + " for \"" + token + "\"");
    vocabulary.emplace(token, checked_id(id.get<std::int64_t>(), token, path));
  }
  return vocabulary;
}

std::int64_t id_of(const Vocabulary& vocabulary, const std::string& token, const Path& path) {
  const auto found = vocabulary.find(token);
  if (found == vocabulary.end()) throw FileError(path, "the token \"" + token + "\" in the vocabulary", "none");
  return found->second;
}

TokenFrame read_frame(const Json& document, const Path& path) {
  TokenFrame frame;
  if (document.contains("added_tokens")) {
    for (const Json& json : json_field<std::vector<Json>>(document, "added_tokens", path)) {
      AddedToken token = added_token(json, path);
      token.id = checked_id(json_field<std::int64_t>(json, "id", path), token.content, path);
      frame.added_tokens.push_back(std::move(token));
    }
  }
  read_post_processor(json_field<Json>(document, "post_processor", path), frame, path);
  if (frame.before.empty() && frame.after.empty()) {
    throw FileError(path, "special tokens around the text in \"post_processor\"", "none");
  }
  return frame;
}

}  // namespace tandem
