#include "tandem/tokenizers/tokenizer_document.h"

#include <algorithm>
#include <map>
#include <utility>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::int64_t kIdLimit = std::int64_t{1} << 31;

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

/// The ids around one text, from a TemplateProcessing ([{SpecialToken}, {Sequence: A},
/// {SpecialToken}]).
void read_template(const Json& processor, TokenFrame& frame, const Path& path) {
  const auto specials = json_field<Json>(processor, "special_tokens", path);
  bool behind = false;
  for (const Json& step : json_field<std::vector<Json>>(processor, "single", path)) {
    const bool text = step.contains("Sequence");
    const auto part = json_field<Json>(step, text ? "Sequence" : "SpecialToken", path);
    const std::int64_t segment = part.contains("type_id") ? json_integer(part, "type_id", 0, kIdLimit - 1, path) : 0;
    if (text) {
      if (behind) throw FileError(path, "the text once in \"post_processor\"", "twice");
      behind = true;
      frame.segments.text = segment;
      continue;
    }
    const auto name = json_field<std::string>(part, "id", path);
    for (const std::int64_t id :
         json_field<std::vector<std::int64_t>>(json_field<Json>(specials, name, path), "ids", path)) {
      (behind ? frame.after : frame.before).push_back(checked_id(id, name, path));
      (behind ? frame.segments.after : frame.segments.before).push_back(segment);
    }
  }
  if (!behind) throw FileError(path, "the text in \"post_processor\"", "special tokens only");
}

/// The ids around one text, from a BertProcessing or RobertaProcessing ({"cls": ["[CLS]", 101],
/// "sep": ["[SEP]", 102]}).
void read_cls_and_sep(const Json& processor, TokenFrame& frame, const Path& path) {
  const auto special = [&](const char* name) {
    const auto [token, id] = json_field<std::pair<std::string, std::int64_t>>(processor, name, path);
    return checked_id(id, token, path);
  };
  frame.before = {special("cls")};
  frame.after = {special("sep")};
  frame.segments = {.before = {0}, .text = 0, .after = {0}};
}

void read_post_processor(const Json& processor, TokenFrame& frame, const Path& path) {
  const auto type = json_field<std::string>(processor, "type", path);
  if (type == "Sequence") {
    for (const Json& step : json_field<std::vector<Json>>(processor, "processors", path))
      read_post_processor(step, frame, path);
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

/// The id that `tokenizers` gives an added token: that of the vocabulary, or the next free one.
std::int64_t id_of_added(const std::string& content, const Vocabulary& vocabulary, const TokenFrame& frame) {
  const auto known = vocabulary.find(content);
  if (known != vocabulary.end()) return known->second;
  const auto size = static_cast<std::int64_t>(vocabulary.size());
  std::int64_t next = size;
  for (const AddedToken& token : frame.added_tokens) next = std::max(next, token.id + 1);
  return next;
}

AddedToken* find_added(TokenFrame& frame, const std::string& content) {
  const auto found = std::find_if(frame.added_tokens.begin(), frame.added_tokens.end(),
                                  [&](const AddedToken& token) { return token.content == content; });
  return found == frame.added_tokens.end() ? nullptr : &*found;
}

/// Adds the token or, if `replaces`, gives its flags to the one with the same content. Returns
/// whether anything changed.
bool add_token(AddedToken token, bool replaces, const Vocabulary& vocabulary, TokenFrame& frame) {
  if (AddedToken* known = find_added(frame, token.content)) {
    token.id = known->id;
    if (!replaces || token == *known) return false;
    *known = token;
    return true;
  }
  token.id = id_of_added(token.content, vocabulary, frame);
  frame.added_tokens.push_back(std::move(token));
  return true;
}

/// One id for each content, and one content for each id.
void check_added_tokens(const std::vector<AddedToken>& tokens, const Path& path) {
  std::map<std::string, std::int64_t> ids;
  std::map<std::int64_t, std::string> contents;
  for (const AddedToken& token : tokens) {
    const bool one_id = ids.emplace(token.content, token.id).first->second == token.id;
    const bool one_content = contents.emplace(token.id, token.content).first->second == token.content;
    if (!one_id || !one_content) {
      throw FileError(path, "one id for each of \"added_tokens\", and one of these for each id",
                      "another for \"" + token.content + "\" or " + std::to_string(token.id));
    }
  }
}

}  // namespace

AddedToken special_token(const TokenizerConfig& config, const char* name, AddedToken otherwise,
                         const Vocabulary& vocabulary, const Path& path) {
  AddedToken token = std::move(otherwise);
  if (const auto found = config.values.find(name); found != config.values.end() && found->is_object()) {
    token = read_added_token(*found, true, config.path);
  } else {
    token.content = json_field_or(config.values, name, token.content, config.path);
  }
  for (const AddedToken& added : config.added) {
    if (added.content == token.content) token = added;
  }
  token.id = id_of(vocabulary, token.content, path);
  return token;
}

bool add_tokens_of_config(const TokenizerConfig& config, const Vocabulary& vocabulary, TokenFrame& frame) {
  bool any = false;
  for (const AddedToken& token : config.added) {
    any |= add_token(token, config.added_go_first, vocabulary, frame);
    const std::int64_t id = find_added(frame, token.content)->id;
    if (id != token.id) {
      throw FileError(config.path.parent_path(),
                      "the added token \"" + token.content + "\" under the id " + std::to_string(id) +
                          ", its own or the next that is free",
                      std::to_string(token.id));
    }
  }
  const auto add_special = [&](const Json& value) {
    if (value.is_null()) return;
    const bool has_flags = value.is_object();
    AddedToken token;
    if (has_flags) {
      token = read_added_token(value, true, config.path);
    } else if (value.is_string()) {
      token.content = value.get<std::string>();
    }
    if (token.content.empty()) throw FileError(config.path, "special tokens with a text", json_type(value));
    const auto is_it = [&](const AddedToken& added) { return added.content == token.content; };
    if (std::any_of(config.added.begin(), config.added.end(), is_it)) return;
    // Without "added_tokens_decoder" the flags of tokenizer.json hold for these too.
    any |= add_token(std::move(token), has_flags && config.added_go_first, vocabulary, frame);
  };
  for (const std::string& name : special_token_names()) {
    const Json value = config.values.value(name, Json());
    if (value.is_array()) {
      for (const Json& one : value) add_special(one);
    } else {
      add_special(value);
    }
  }
  return any;
}

Vocabulary with_added_tokens(Vocabulary vocabulary, const TokenFrame& frame) {
  for (const AddedToken& token : frame.added_tokens) vocabulary.insert_or_assign(token.content, token.id);
  return vocabulary;
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
  std::vector<std::pair<std::int64_t, const std::string*>> by_id;
  for (const auto& [token, id] : tokens.items()) {
    if (token.find('\0') != std::string::npos)
      throw FileError(path, "tokens without NUL bytes in the vocabulary",
                      Json(token).dump(-1, ' ', false, Json::error_handler_t::replace));
    if (!json_holds<std::int64_t>(id))
      throw FileError(path, "token ids from 0 to 2^31 - 1", json_type(id) + " for \"" + token + "\"");
    const auto [place, added] = vocabulary.emplace(token, checked_id(id.get<std::int64_t>(), token, path));
    by_id.emplace_back(place->second, &place->first);
  }
  // The tokens come in alphabetical order, which a stable sort keeps among those of one id.
  std::stable_sort(by_id.begin(), by_id.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 1; i < by_id.size(); ++i) {
    if (by_id[i].first != by_id[i - 1].first) continue;
    throw FileError(
        path, "an id of its own for each token of the vocabulary",
        std::to_string(by_id[i].first) + " for \"" + *by_id[i - 1].second + "\" and \"" + *by_id[i].second + "\"");
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
      AddedToken token = read_added_token(json, false, path);
      token.id = checked_id(json_field<std::int64_t>(json, "id", path), token.content, path);
      frame.added_tokens.push_back(std::move(token));
    }
    check_added_tokens(frame.added_tokens, path);
  }
  const Json processor = document.value("post_processor", Json());
  if (processor.is_object()) read_post_processor(processor, frame, path);
  if (frame.before.empty() && frame.after.empty()) {
    const char* found = processor.is_null() ? "no \"post_processor\", so that a model gets words alone" : "none";
    throw FileError(path, "special tokens around the text in \"post_processor\"", found);
  }
  return frame;
}

}  // namespace tandem
