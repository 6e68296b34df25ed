#include "tandem/tokenizers/byte_bpe_folder.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr const char* kClipEnds = R"(<\|startoftext\|>|<\|endoftext\|>|)";
constexpr const char* kClipPattern = R"('s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)";

void check_merges(const ByteBpe::Merges& merges, const Vocabulary& vocabulary, const Path& path) {
  for (const auto& [left, right] : merges) {
    for (const std::string& token : {left, right, left + right}) id_of(vocabulary, token, path);
  }
}

/// "a b" -> {"a", "b"}
std::pair<std::string, std::string> split_merge(const std::string& line, const Path& path) {
  const std::size_t space = line.find(' ');
  if (space == 0 || space == std::string::npos || space + 1 == line.size() ||
      line.find(' ', space + 1) != std::string::npos) {
    throw FileError(path, "merges of two tokens", "\"" + line.substr(0, 80) + "\"");
  }
  return {line.substr(0, space), line.substr(space + 1)};
}

/// One merge per line; the first line may be "#version: 0.2".
ByteBpe::Merges read_merges(const Path& path) {
  const std::string text = read_file(path, std::size_t{1} << 28);
  check_token_count(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), path);
  ByteBpe::Merges merges;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::size_t length = end - begin - (end > begin && text[end - 1] == '\r' ? 1 : 0);
    const std::string line = text.substr(begin, length);
    if (!line.empty() && !(begin == 0 && line.starts_with("#version"))) merges.push_back(split_merge(line, path));
    begin = end + 1;
  }
  return merges;
}

/// Old files have "a b" where new ones have ["a", "b"].
ByteBpe::Merges merges_of(const Json& model, const Path& path) {
  ByteBpe::Merges merges;
  const auto listed = json_field<std::vector<Json>>(model, "merges", path);
  check_token_count(listed.size(), path);
  for (const Json& merge : listed) {
    if (merge.is_string()) {
      merges.push_back(split_merge(merge.get<std::string>(), path));
    } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
      merges.emplace_back(merge[0].get<std::string>(), merge[1].get<std::string>());
    } else {
      throw FileError(path, "merges of two tokens", json_type(merge));
    }
  }
  return merges;
}

/// The steps of {"type": "Sequence", `steps`: [...]}.
std::vector<Json> sequence_of(const Json& document, const char* name, const char* steps, const Path& path) {
  return json_field<std::vector<Json>>(part_of_type(document, name, "Sequence", path), steps, path);
}

void require(bool right, const char* expected, const Json& found, const Path& path) {
  if (!right)
    throw FileError(path, expected, found.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 200));
}

/// NFC, white space to one space, lower case; then CLIP's regular expression, with or without the
/// end tokens in front.
void read_clip(const Json& document, ByteBpeOptions& options, const Path& path) {
  const std::vector<Json> normalizers = sequence_of(document, "normalizer", "normalizers", path);
  const bool normalizes =
      normalizers.size() == 3 && normalizers[0] == Json{{"type", "NFC"}} &&
      normalizers[1] == Json{{"type", "Replace"}, {"pattern", {{"Regex", "\\s+"}}}, {"content", " "}} &&
      normalizers[2] == Json{{"type", "Lowercase"}};
  require(normalizes, "CLIP's \"normalizer\" (NFC, Replace \\s+, Lowercase)", document.at("normalizer"), path);
  const std::vector<Json> splits = sequence_of(document, "pre_tokenizer", "pretokenizers", path);
  const auto split_at = [](const std::string& pattern) {
    return Json{{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Removed"}, {"invert", true}};
  };
  options.style = ByteBpeStyle::kClip;
  options.ends_apart = splits.size() == 2 && splits[0] == split_at(std::string(kClipEnds) + kClipPattern);
  const bool splits_as_clip = splits.size() == 2 && (options.ends_apart || splits[0] == split_at(kClipPattern)) &&
                              json_field<std::string>(splits[1], "type", path) == "ByteLevel" &&
                              !json_field_or(splits[1], "add_prefix_space", true, path);
  require(splits_as_clip, "CLIP's \"pre_tokenizer\" (Split at its regular expression, ByteLevel)",
          document.at("pre_tokenizer"), path);
}

/// Unnormalized text, split by GPT-2's regular expression. Only tokenizer_config.json decides on
/// the space before the text.
void read_roberta(const Json& document, const TokenizerConfig& config, const Path& path, ByteBpeOptions& options,
                  std::vector<std::string>& rules) {
  const Json normalizer = document.value("normalizer", Json());
  const bool empty = normalizer == Json{{"type", "Sequence"}, {"normalizers", Json::array()}};
  require(normalizer.is_null() || empty, "no \"normalizer\", as RoBERTa's tokenizer has none", normalizer, path);
  const Json& split = part_of_type(document, "pre_tokenizer", "ByteLevel", path);
  if (!json_field_or(split, "use_regex", true, path)) throw FileError(path, "\"use_regex\" to be true", "false");
  options.add_prefix_space = json_field_or(config.values, "add_prefix_space", false, config.path);
  const bool silent = !config.values.contains("add_prefix_space") || config.values.at("add_prefix_space").is_null();
  if (silent && json_field_or(split, "add_prefix_space", true, path)) rules.emplace_back("no space before the text");
}

struct VocabularyFiles {
  Vocabulary vocabulary;
  ByteBpe::Merges merges;
  Path path;
};

/// The differences between the two tokenizers.
struct ByteBpeFamily {
  std::string tokenizer_class;
  const char* pad_token;
  ByteBpeStyle style;
  ByteBpeOptions (*from_vocabulary)(const VocabularyFiles& files, const TokenizerConfig& config);
};

void read_tokenizer_json(const Path& path, const TokenizerConfig& config, const ByteBpeFamily& family,
                         OpenedTokenizer& opened) {
  const Json document = read_json(path);
  const Json& model = model_of_type(document, "BPE", path);
  ByteBpeOptions options;
  if (family.style == ByteBpeStyle::kClip) {
    read_clip(document, options, path);
  } else {
    read_roberta(document, config, path, options, opened.rules);
  }
  for (const char* unbuilt : {"byte_fallback", "ignore_merges"}) {
    if (json_field_or(model, unbuilt, false, path))
      throw FileError(path, "\"" + std::string(unbuilt) + "\" to be false", "true");
  }
  if (json_field_or(model, "dropout", 0.0, path) != 0.0) throw FileError(path, "no \"dropout\" of merges", "some");
  const auto prefix = json_field_or<std::string>(model, "continuing_subword_prefix", "", path);
  if (!prefix.empty()) throw FileError(path, "no \"continuing_subword_prefix\"", "\"" + prefix + "\"");
  options.end_of_word_suffix = json_field_or<std::string>(model, "end_of_word_suffix", "", path);
  options.fuse_unknown = json_field_or(model, "fuse_unk", false, path);
  options.unknown_token = json_field_or<std::string>(model, "unk_token", "", path);

  const Vocabulary vocabulary = vocabulary_of(json_field<Json>(model, "vocab", path), path);
  const ByteBpe::Merges merges = merges_of(model, path);
  check_merges(merges, vocabulary, path);
  if (!options.unknown_token.empty()) id_of(vocabulary, options.unknown_token, path);
  options.frame = read_frame(document, path);
  if (add_tokens_of_config(config, vocabulary, options.frame)) opened.rules.emplace_back("added tokens");
  options.frame.pad_id = special_token(config, "pad_token", {.content = family.pad_token},
                                       with_added_tokens(vocabulary, options.frame), path)
                             .id;
  opened.segments = options.frame.segments;
  opened.tokenizer = std::make_unique<ByteBpe>(vocabulary, merges, std::move(options));
}

VocabularyFiles read_vocabulary_files(const Path& folder) {
  VocabularyFiles files{.path = folder / "vocab.json"};
  files.vocabulary = vocabulary_of(read_json(files.path), files.path);
  files.merges = read_merges(folder / "merges.txt");
  check_merges(files.merges, files.vocabulary, folder / "merges.txt");
  return files;
}

ByteBpeOptions roberta_from_vocabulary(const VocabularyFiles& files, const TokenizerConfig& config) {
  const auto special = [&](const char* name, const AddedToken& otherwise) {
    return special_token(config, name, otherwise, files.vocabulary, files.path);
  };
  const AddedToken cls = special("cls_token", {.content = "<s>", .normalized = true});
  const AddedToken sep = special("sep_token", {.content = "</s>", .normalized = true});
  const AddedToken unknown = special("unk_token", {.content = "<unk>", .normalized = true});
  const AddedToken pad = special("pad_token", {.content = "<pad>", .normalized = true});
  const AddedToken mask = special("mask_token", {.content = "<mask>", .left_strip = true});
  return {.add_prefix_space = json_field_or(config.values, "add_prefix_space", false, config.path),
          .frame = {.added_tokens = {cls, sep, unknown, pad, mask},
                    .before = {cls.id},
                    .after = {sep.id},
                    .pad_id = pad.id,
                    .segments = {}}};
}

ByteBpeOptions clip_from_vocabulary(const VocabularyFiles& files, const TokenizerConfig& config) {
  const auto special = [&](const char* name, const char* otherwise) {
    return special_token(config, name, {.content = otherwise, .normalized = true}, files.vocabulary, files.path);
  };
  const AddedToken begin = special("bos_token", "<|startoftext|>");
  const AddedToken end = special("eos_token", "<|endoftext|>");
  const AddedToken pad = special("pad_token", "<|endoftext|>");
  const AddedToken unknown = special("unk_token", "<|endoftext|>");
  return {.style = ByteBpeStyle::kClip,
          .end_of_word_suffix = "</w>",
          .unknown_token = unknown.content,
          .frame = {.added_tokens = {begin, end, pad, unknown},
                    .before = {begin.id},
                    .after = {end.id},
                    .pad_id = pad.id,
                    .segments = {}}};
}

void read_vocabulary_and_merges(const Path& folder, const TokenizerConfig& config, const ByteBpeFamily& family,
                                OpenedTokenizer& opened) {
  if (config.is_generic()) throw FileError(config.path, "a tokenizer.json for PreTrainedTokenizerFast", "none");
  const VocabularyFiles files = read_vocabulary_files(folder);
  ByteBpeOptions options = family.from_vocabulary(files, config);
  if (add_tokens_of_config(config, files.vocabulary, options.frame)) opened.rules.emplace_back("added tokens");
  opened.tokenizer = std::make_unique<ByteBpe>(files.vocabulary, files.merges, std::move(options));
}

OpenedTokenizer open_with(const Path& folder, const ByteBpeFamily& family) {
  const TokenizerConfig config = read_tokenizer_config(folder, {family.tokenizer_class});
  if (config.lower_case_first && family.style != ByteBpeStyle::kClip) {
    throw FileError(folder / "sentence_bert_config.json", "\"do_lower_case\" only with a tokenizer that lower-cases",
                    "true");
  }
  OpenedTokenizer opened;
  opened.files = config.files;
  opened.max_tokens = config.max_tokens;
  if (const Path path = folder / "tokenizer.json"; std::filesystem::exists(path)) {
    read_tokenizer_json(path, config, family, opened);
    opened.files.push_back("tokenizer.json");
  } else if (std::filesystem::exists(folder / "vocab.json") && std::filesystem::exists(folder / "merges.txt")) {
    read_vocabulary_and_merges(folder, config, family, opened);
    opened.files.insert(opened.files.end(), {"vocab.json", "merges.txt"});
  } else {
    throw FileError(folder, "a tokenizer (tokenizer.json, or vocab.json and merges.txt)", "neither");
  }
  if (!config.gives_segments()) opened.segments = {};
  return opened;
}

}  // namespace

OpenedTokenizer open_roberta_bpe(const Path& folder) {
  return open_with(folder, {"RobertaTokenizer", "<pad>", ByteBpeStyle::kGpt2, roberta_from_vocabulary});
}

OpenedTokenizer open_clip_bpe(const Path& folder) {
  return open_with(folder, {"CLIPTokenizer", "<|endoftext|>", ByteBpeStyle::kClip, clip_from_vocabulary});
}

}  // namespace tandem
