#include "tandem/tokenizers/word_piece_folder.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"
#include "tandem/tokenizers/utf8.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

/// The classes of transformers that use this tokenizer, the usual one first, and the default names
/// of the special tokens.
struct WordPieceFamily {
  std::vector<std::string> classes;
  const char* cls;
  const char* sep;
  const char* pad;
  AddedToken mask;
  bool keeps_chinese = false;  ///< tokenizer.json's handle_chinese_chars holds
};

WordPieceFamily bert_family() {
  return {.classes = {"BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer"},
          .cls = "[CLS]",
          .sep = "[SEP]",
          .pad = "[PAD]",
          .mask = {.content = "[MASK]"}};
}

WordPieceFamily mpnet_family() {
  return {.classes = {"MPNetTokenizer"},
          .cls = "<s>",
          .sep = "</s>",
          .pad = "<pad>",
          .mask = {.content = "<mask>", .left_strip = true},
          .keeps_chinese = true};
}

/// One token per line; the number of the line is its id. Empty lines are not words, but count.
Vocabulary read_vocabulary(const Path& path) {
  Vocabulary vocabulary;
  const std::string text = read_file(path, std::size_t{1} << 28);
  check_token_count(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), path);
  if (encode_utf8(decode_utf8(text)) != text) throw FileError(path, "UTF-8", "other bytes");
  if (text.find('\0') != std::string::npos) throw FileError(path, "words without NUL bytes", "one");
  std::int64_t id = 0;
  for (std::size_t begin = 0; begin < text.size(); ++id) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::size_t length = end - begin - (end > begin && text[end - 1] == '\r' ? 1 : 0);
    const auto [place, added] = vocabulary.insert_or_assign(text.substr(begin, length), id);
    if (!added && length > 0) {
      throw FileError(path, "each word once", "\"" + place->first + "\" again in line " + std::to_string(id + 1));
    }
    begin = end + 1;
  }
  return vocabulary;
}

/// null and absent differ: null means "the value of lowercase", absent leaves the value unchanged.
void read_strip_accents(const Json& json, BertNormalizerOptions& options, const Path& path) {
  if (!json.contains("strip_accents")) return;
  options.strip_accents.reset();
  if (!json.at("strip_accents").is_null()) options.strip_accents = json_field<bool>(json, "strip_accents", path);
}

/// Applies tokenizer_config.json as transformers' class does: its values and defaults override
/// those of tokenizer.json.
void apply_config(const TokenizerConfig& config, bool keeps_chinese, BertNormalizerOptions& options) {
  if (config.is_generic()) return;
  options.lowercase = json_field_or(config.values, "do_lower_case", true, config.path);
  options.strip_accents.reset();
  read_strip_accents(config.values, options, config.path);
  if (!keeps_chinese)
    options.handle_chinese_chars = json_field_or(config.values, "tokenize_chinese_chars", true, config.path);
}

/// Records a rule if tokenizer.json sets a value that tokenizer_config.json leaves open and the two
/// differ.
void note_disagreement(const TokenizerConfig& config, const BertNormalizerOptions& file,
                       const BertNormalizerOptions& used, OpenedTokenizer& opened) {
  const auto silent = [&](const char* field) {
    return !config.values.contains(field) || config.values.at(field).is_null();
  };
  const bool lowercase = silent("do_lower_case") && file.lowercase != used.lowercase;
  const bool accents = !config.values.contains("strip_accents") && file.strip_accents != used.strip_accents;
  const bool chinese = silent("tokenize_chinese_chars") && file.handle_chinese_chars != used.handle_chinese_chars;
  if (lowercase || accents || chinese) opened.rules.emplace_back("normalizer of the class");
}

void check_lower_case(const TokenizerConfig& config, bool lowercase) {
  if (!config.lower_case_first || lowercase) return;
  throw FileError(config.path.parent_path() / "sentence_bert_config.json",
                  "\"do_lower_case\" only with a tokenizer that lower-cases", "true");
}

WordPieceOptions options_of_model(const Json& model, const Path& path) {
  WordPieceOptions options;
  options.unknown_token = json_field_or<std::string>(model, "unk_token", options.unknown_token, path);
  options.continuing_prefix =
      json_field_or<std::string>(model, "continuing_subword_prefix", options.continuing_prefix, path);
  options.max_characters_per_word =
      json_field_or(model, "max_input_chars_per_word", options.max_characters_per_word, path);
  if (options.max_characters_per_word < 1) {
    throw FileError(path, "\"max_input_chars_per_word\" of 1 or more", std::to_string(options.max_characters_per_word));
  }
  constexpr std::int64_t kMostCharacters =
      1000;  // Published tokenizers have 100. The work for a word is quadratic in its length.
  if (options.max_characters_per_word > kMostCharacters) {
    throw FileError(path, "\"max_input_chars_per_word\" of at most " + std::to_string(kMostCharacters),
                    std::to_string(options.max_characters_per_word));
  }
  return options;
}

void read_tokenizer_json(const Path& path, const TokenizerConfig& config, const WordPieceFamily& family,
                         OpenedTokenizer& opened) {
  const Json document = read_json(path);
  const Json& model = model_of_type(document, "WordPiece", path);
  const Json& normalizer = part_of_type(document, "normalizer", "BertNormalizer", path);
  part_of_type(document, "pre_tokenizer", "BertPreTokenizer", path);

  const Vocabulary vocabulary = vocabulary_of(json_field<Json>(model, "vocab", path), path);
  BertNormalizerOptions of_file;
  of_file.clean_text = json_field_or(normalizer, "clean_text", true, path);
  of_file.handle_chinese_chars = json_field_or(normalizer, "handle_chinese_chars", true, path);
  of_file.lowercase = json_field_or(normalizer, "lowercase", true, path);
  read_strip_accents(normalizer, of_file, path);
  WordPieceOptions options = options_of_model(model, path);
  options.normalizer = of_file;
  apply_config(config, family.keeps_chinese, options.normalizer);
  note_disagreement(config, of_file, options.normalizer, opened);
  check_lower_case(config, options.normalizer.lowercase);
  options.frame = read_frame(document, path);
  id_of(vocabulary, options.unknown_token, path);
  if (add_tokens_of_config(config, vocabulary, options.frame)) opened.rules.emplace_back("added tokens");
  options.frame.pad_id =
      special_token(config, "pad_token", {.content = family.pad}, with_added_tokens(vocabulary, options.frame), path)
          .id;
  opened.segments = options.frame.segments;
  opened.tokenizer = std::make_unique<WordPiece>(vocabulary, std::move(options));
}

void read_vocabulary_file(const Path& path, const TokenizerConfig& config, const WordPieceFamily& family,
                          OpenedTokenizer& opened) {
  const Vocabulary vocabulary = read_vocabulary(path);
  const auto special = [&](const char* name, const AddedToken& otherwise) {
    return special_token(config, name, otherwise, vocabulary, path);
  };
  const AddedToken unknown = special("unk_token", {.content = "[UNK]"});
  const AddedToken cls = special("cls_token", {.content = family.cls});
  const AddedToken sep = special("sep_token", {.content = family.sep});
  const AddedToken pad = special("pad_token", {.content = family.pad});
  const AddedToken mask = special("mask_token", family.mask);
  WordPieceOptions options{.unknown_token = unknown.content,
                           .frame = {.added_tokens = {pad, unknown, cls, sep, mask},
                                     .before = {cls.id},
                                     .after = {sep.id},
                                     .pad_id = pad.id,
                                     .segments = {}}};
  if (config.is_generic()) throw FileError(config.path, "a tokenizer.json for PreTrainedTokenizerFast", "none");
  apply_config(config, false, options.normalizer);
  check_lower_case(config, options.normalizer.lowercase);
  if (add_tokens_of_config(config, vocabulary, options.frame)) opened.rules.emplace_back("added tokens");
  opened.tokenizer = std::make_unique<WordPiece>(vocabulary, std::move(options));
}

OpenedTokenizer open_with(const Path& folder, const WordPieceFamily& family) {
  const TokenizerConfig config = read_tokenizer_config(folder, family.classes);
  OpenedTokenizer opened;
  opened.files = config.files;
  opened.max_tokens = config.max_tokens;
  if (const Path path = folder / "tokenizer.json"; std::filesystem::exists(path)) {
    read_tokenizer_json(path, config, family, opened);
    opened.files.push_back("tokenizer.json");
  } else if (const Path vocabulary = folder / "vocab.txt"; std::filesystem::exists(vocabulary)) {
    read_vocabulary_file(vocabulary, config, family, opened);
    opened.files.push_back("vocab.txt");
  } else {
    throw FileError(folder, "a tokenizer (tokenizer.json or vocab.txt)", "neither");
  }
  if (!config.gives_segments()) opened.segments = {};
  return opened;
}

}  // namespace

OpenedTokenizer open_word_piece(const Path& folder) { return open_with(folder, bert_family()); }
OpenedTokenizer open_mpnet_word_piece(const Path& folder) { return open_with(folder, mpnet_family()); }

}  // namespace tandem
