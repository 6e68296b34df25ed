#include "tandem/tokenizers/word_piece_folder.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"
#include "tandem/tokenizers/utf8.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

/// What the special tokens are called where no file says it.
struct SpecialNames {
  const char* cls;
  const char* sep;
  const char* pad;
  AddedToken mask;
};

const SpecialNames kBert{.cls = "[CLS]", .sep = "[SEP]", .pad = "[PAD]", .mask = {.content = "[MASK]"}};
const SpecialNames kMpnet{.cls = "<s>", .sep = "</s>", .pad = "<pad>", .mask = {.content = "<mask>", .left_strip = true}};

/// One token a line; the number of the line is its id.
Vocabulary read_vocabulary(const Path& path) {
  Vocabulary vocabulary;
  const std::string text = read_file(path, std::size_t{1} << 28);
  check_token_count(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), path);
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

std::unique_ptr<const Tokenizer> from_tokenizer_json(const Path& path, const TokenizerConfig& config, const SpecialNames& names) {
  const Json document = read_json(path);
  const Json& model = model_of_type(document, "WordPiece", path);
  const Json& normalizer = part_of_type(document, "normalizer", "BertNormalizer", path);
  part_of_type(document, "pre_tokenizer", "BertPreTokenizer", path);

  const Vocabulary vocabulary = vocabulary_of(json_field<Json>(model, "vocab", path), path);
  WordPieceOptions options;
  options.normalizer.clean_text = json_field_or(normalizer, "clean_text", true, path);
  options.normalizer.handle_chinese_chars = json_field_or(normalizer, "handle_chinese_chars", true, path);
  options.normalizer.lowercase = json_field_or(normalizer, "lowercase", true, path);
  read_strip_accents(normalizer, options.normalizer, path);
  apply_config(config.values, options.normalizer, config.path);
  options.unknown_token = json_field_or<std::string>(model, "unk_token", options.unknown_token, path);
  options.continuing_prefix =
      json_field_or<std::string>(model, "continuing_subword_prefix", options.continuing_prefix, path);
  options.max_characters_per_word =
      json_field_or(model, "max_input_chars_per_word", options.max_characters_per_word, path);
  if (options.max_characters_per_word < 1) {
    throw FileError(path, "\"max_input_chars_per_word\" of 1 or more",
                    std::to_string(options.max_characters_per_word));
  }
  constexpr std::int64_t kMostCharacters = 1000;  // Published tokenizers have 100. The work for a word grows with their square.
  if (options.max_characters_per_word > kMostCharacters) {
    throw FileError(path, "\"max_input_chars_per_word\" of at most " + std::to_string(kMostCharacters), std::to_string(options.max_characters_per_word));
  }
  options.frame = read_frame(document, path);
  id_of(vocabulary, options.unknown_token, path);
  options.frame.pad_id = special_token(config, "pad_token", {.content = names.pad}, vocabulary, path).id;
  return std::make_unique<WordPiece>(vocabulary, std::move(options));
}

std::unique_ptr<const Tokenizer> from_vocabulary(const Path& path, const TokenizerConfig& config, const SpecialNames& names) {
  const Vocabulary vocabulary = read_vocabulary(path);
  const auto special = [&](const char* name, const AddedToken& otherwise) {
    return special_token(config, name, otherwise, vocabulary, path);
  };
  const AddedToken unknown = special("unk_token", {.content = "[UNK]"});
  const AddedToken cls = special("cls_token", {.content = names.cls});
  const AddedToken sep = special("sep_token", {.content = names.sep});
  const AddedToken pad = special("pad_token", {.content = names.pad});
  const AddedToken mask = special("mask_token", names.mask);
  WordPieceOptions options{.unknown_token = unknown.content,
                           .frame = {.added_tokens = {pad, unknown, cls, sep, mask},
                                     .before = {cls.id},
                                     .after = {sep.id},
                                     .pad_id = pad.id}};
  apply_config(config.values, options.normalizer, config.path);
  return std::make_unique<WordPiece>(vocabulary, std::move(options));
}

OpenedTokenizer open_with(const Path& folder, const SpecialNames& names) {
  const TokenizerConfig config = read_tokenizer_config(folder);
  OpenedTokenizer opened{.files = config.files};
  if (const Path path = folder / "tokenizer.json"; std::filesystem::exists(path)) {
    opened.tokenizer = from_tokenizer_json(path, config, names);
    opened.files.push_back("tokenizer.json");
  } else if (const Path vocabulary = folder / "vocab.txt"; std::filesystem::exists(vocabulary)) {
    opened.tokenizer = from_vocabulary(vocabulary, config, names);
    opened.files.push_back("vocab.txt");
  } else {
    throw FileError(folder, "a tokenizer (tokenizer.json or vocab.txt)", "neither");
  }
  return opened;
}

}  // namespace

OpenedTokenizer open_word_piece(const Path& folder) { return open_with(folder, kBert); }
OpenedTokenizer open_mpnet_word_piece(const Path& folder) { return open_with(folder, kMpnet); }

}  // namespace tandem
