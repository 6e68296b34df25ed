#include "tandem/tokenizers/word_piece_folder.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/tokenizers/utf8.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;
using Vocabulary = WordPiece::Vocabulary;

constexpr std::int64_t kIdLimit = std::int64_t{1} << 31;

std::int64_t checked_id(std::int64_t id, const std::string& token, const Path& path) {
  if (id < 0 || id >= kIdLimit) {
    throw FileError(path, "token ids from 0 to 2^31 - 1", std::to_string(id) + " for \"" + token + "\"");
  }
  return id;
}

/// Refuses an object whose "type" is not `wanted`.
const Json& part_of_type(const Json& document, const char* name, const std::string& wanted,
                         const Path& path) {
  const auto part = document.find(name);
  if (part == document.end() || !part->is_object()) {
    throw FileError(path, "a \"" + std::string(name) + "\" of type " + wanted,
                    part == document.end() ? "none" : json_type(*part));
  }
  const auto type = json_field<std::string>(*part, "type", path);
  if (type != wanted)
    throw FileError(path, "a \"" + std::string(name) + "\" of type " + wanted, "\"" + type + "\"");
  return *part;
}

std::int64_t id_of(const Vocabulary& vocabulary, const std::string& token, const Path& path) {
  const auto found = vocabulary.find(token);
  if (found == vocabulary.end())
    throw FileError(path, "the token \"" + token + "\" in the vocabulary", "none");
  return found->second;
}

Vocabulary vocabulary_of(const Json& model, const Path& path) {
  const auto vocabulary = json_field<Vocabulary>(model, "vocab", path);
  for (const auto& [token, id] : vocabulary) checked_id(id, token, path);
  return vocabulary;
}

/// One token a line; the number of the line is its id.
Vocabulary read_vocabulary(const Path& path) {
  Vocabulary vocabulary;
  const std::string text = read_file(path, std::size_t{1} << 28);
  if (encode_utf8(decode_utf8(text)) != text) throw FileError(path, "UTF-8", "other bytes");
  std::int64_t id = 0;
  for (std::size_t begin = 0; begin < text.size(); ++id) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::size_t length = end - begin - (end > begin && text[end - 1] == '\r' ? 1 : 0);
    vocabulary.insert_or_assign(text.substr(begin, length), id);
    begin = end + 1;
  }
  return vocabulary;
}

std::vector<AddedToken> added_tokens_of(const Json& document, const Path& path) {
  std::vector<AddedToken> tokens;
  if (!document.contains("added_tokens")) return tokens;
  for (const Json& json : json_field<std::vector<Json>>(document, "added_tokens", path)) {
    AddedToken token{.content = json_field<std::string>(json, "content", path),
                     .id = json_field<std::int64_t>(json, "id", path),
                     .left_strip = json_field_or(json, "lstrip", false, path),
                     .right_strip = json_field_or(json, "rstrip", false, path),
                     .normalized = json_field_or(json, "normalized", false, path)};
    checked_id(token.id, token.content, path);
    if (token.content.empty()) throw FileError(path, "added tokens with a \"content\"", "an empty one");
    if (json_field_or(json, "single_word", false, path)) {
      throw FileError(path, "added tokens without \"single_word\"", "\"" + token.content + "\" with it");
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

/// The ids around one text, from a TemplateProcessing ([{SpecialToken}, {Sequence: A}, {SpecialToken}]).
void read_template(const Json& processor, WordPieceOptions& options, const Path& path) {
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
      (behind ? options.after : options.before).push_back(checked_id(id, name, path));
    }
  }
  if (!behind) throw FileError(path, "the text in \"post_processor\"", "special tokens only");
}

/// The ids around one text, from a BertProcessing ({"cls": ["[CLS]", 101], "sep": ["[SEP]", 102]}).
void read_bert_processing(const Json& processor, WordPieceOptions& options, const Path& path) {
  const auto special = [&](const char* name) {
    const auto [token, id] = json_field<std::pair<std::string, std::int64_t>>(processor, name, path);
    return checked_id(id, token, path);
  };
  options.before = {special("cls")};
  options.after = {special("sep")};
}

void read_post_processor(const Json& document, WordPieceOptions& options, const Path& path) {
  const auto processor = json_field<Json>(document, "post_processor", path);
  const auto type = json_field<std::string>(processor, "type", path);
  if (type == "TemplateProcessing") {
    read_template(processor, options, path);
  } else if (type == "BertProcessing") {
    read_bert_processing(processor, options, path);
  } else {
    throw FileError(path, "a \"post_processor\" of type TemplateProcessing or BertProcessing",
                    "\"" + type + "\"");
  }
}

/// A token in tokenizer_config.json is a string, or an object with its text in "content".
std::string token_in(const Json& config, const char* name, std::string otherwise, const Path& path) {
  const auto token = config.find(name);
  if (token != config.end() && token->is_object()) return json_field<std::string>(*token, "content", path);
  return json_field_or(config, name, std::move(otherwise), path);
}

/// null and absent are two things: null says "where lowercase is on", absent says nothing.
void read_strip_accents(const Json& json, BertNormalizerOptions& options, const Path& path) {
  if (!json.contains("strip_accents")) return;
  options.strip_accents.reset();
  if (!json.at("strip_accents").is_null())
    options.strip_accents = json_field<bool>(json, "strip_accents", path);
}

void apply_config(const Json& config, BertNormalizerOptions& options, const Path& path) {
  options.lowercase = json_field_or(config, "do_lower_case", options.lowercase, path);
  options.handle_chinese_chars =
      json_field_or(config, "tokenize_chinese_chars", options.handle_chinese_chars, path);
  read_strip_accents(config, options, path);
}

std::unique_ptr<const Tokenizer> from_tokenizer_json(const Path& path, const Json& config,
                                                     const Path& config_path) {
  const Json document = read_json(path);
  const Json& model = part_of_type(document, "model", "WordPiece", path);
  const Json& normalizer = part_of_type(document, "normalizer", "BertNormalizer", path);
  part_of_type(document, "pre_tokenizer", "BertPreTokenizer", path);

  const Vocabulary vocabulary = vocabulary_of(model, path);
  WordPieceOptions options;
  options.normalizer.clean_text = json_field_or(normalizer, "clean_text", true, path);
  options.normalizer.handle_chinese_chars = json_field_or(normalizer, "handle_chinese_chars", true, path);
  options.normalizer.lowercase = json_field_or(normalizer, "lowercase", true, path);
  read_strip_accents(normalizer, options.normalizer, path);
  apply_config(config, options.normalizer, config_path);
  options.unknown_token = json_field_or<std::string>(model, "unk_token", options.unknown_token, path);
  options.continuing_prefix =
      json_field_or<std::string>(model, "continuing_subword_prefix", options.continuing_prefix, path);
  options.max_characters_per_word =
      json_field_or(model, "max_input_chars_per_word", options.max_characters_per_word, path);
  if (options.max_characters_per_word < 1) {
    throw FileError(path, "\"max_input_chars_per_word\" of 1 or more",
                    std::to_string(options.max_characters_per_word));
  }
  options.added_tokens = added_tokens_of(document, path);
  read_post_processor(document, options, path);
  id_of(vocabulary, options.unknown_token, path);
  options.pad_id = id_of(vocabulary, token_in(config, "pad_token", "[PAD]", config_path), path);
  return std::make_unique<WordPiece>(vocabulary, std::move(options));
}

std::unique_ptr<const Tokenizer> from_vocabulary(const Path& path, const Json& config,
                                                 const Path& config_path) {
  const Vocabulary vocabulary = read_vocabulary(path);
  const auto special = [&](const char* name, const char* otherwise) {
    const std::string token = token_in(config, name, otherwise, config_path);
    return AddedToken{.content = token, .id = id_of(vocabulary, token, path)};
  };
  const AddedToken unknown = special("unk_token", "[UNK]");
  const AddedToken cls = special("cls_token", "[CLS]");
  const AddedToken sep = special("sep_token", "[SEP]");
  const AddedToken pad = special("pad_token", "[PAD]");
  const AddedToken mask = special("mask_token", "[MASK]");
  WordPieceOptions options{.unknown_token = unknown.content,
                           .added_tokens = {pad, unknown, cls, sep, mask},
                           .before = {cls.id},
                           .after = {sep.id},
                           .pad_id = pad.id};
  apply_config(config, options.normalizer, config_path);
  return std::make_unique<WordPiece>(vocabulary, std::move(options));
}

}  // namespace

OpenedTokenizer open_word_piece(const Path& folder) {
  OpenedTokenizer opened;
  const Path config_path = folder / "tokenizer_config.json";
  Json config = Json::object();
  if (std::filesystem::exists(config_path)) {
    config = read_json(config_path);
    if (!config.is_object()) throw FileError(config_path, "an object", json_type(config));
    opened.files.push_back("tokenizer_config.json");
  }
  if (const Path path = folder / "tokenizer.json"; std::filesystem::exists(path)) {
    opened.tokenizer = from_tokenizer_json(path, config, config_path);
    opened.files.push_back("tokenizer.json");
  } else if (const Path vocabulary = folder / "vocab.txt"; std::filesystem::exists(vocabulary)) {
    opened.tokenizer = from_vocabulary(vocabulary, config, config_path);
    opened.files.push_back("vocab.txt");
  } else {
    throw FileError(folder, "a tokenizer (tokenizer.json or vocab.txt)", "neither");
  }
  return opened;
}

}  // namespace tandem
