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
  if (space == 0 || space == std::string::npos || space + 1 == line.size() || line.find(' ', space + 1) != std::string::npos) {
    throw FileError(path, "merges of two tokens", "\"" + line.substr(0, 80) + "\"");
  }
  return {line.substr(0, space), line.substr(space + 1)};
}

/// One merge a line, the first line may be "#version: 0.2".
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
  if (!right) throw FileError(path, expected, found.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 200));
}

/// NFC, white space to one space, lower case; then CLIP's regular expression, with or without the end tokens in front.
void read_clip(const Json& document, ByteBpeOptions& options, const Path& path) {
  const std::vector<Json> normalizers = sequence_of(document, "normalizer", "normalizers", path);
  const bool normalizes = normalizers.size() == 3 && normalizers[0] == Json{{"type", "NFC"}} &&
                          normalizers[1] == Json{{"type", "Replace"}, {"pattern", {{"Regex", "\\s+"}}}, {"content", " "}} &&
                          normalizers[2] == Json{{"type", "Lowercase"}};
  require(normalizes, "CLIP's \"normalizer\" (NFC, Replace \\s+, Lowercase)", document.at("normalizer"), path);
  const std::vector<Json> splits = sequence_of(document, "pre_tokenizer", "pretokenizers", path);
  const auto split_at = [](const std::string& pattern) {
    return Json{{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Removed"}, {"invert", true}};
  };
  options.style = ByteBpeStyle::kClip;
  options.ends_apart = splits.size() == 2 && splits[0] == split_at(std::string(kClipEnds) + kClipPattern);
  const bool splits_as_clip =
      splits.size() == 2 && (options.ends_apart || splits[0] == split_at(kClipPattern)) &&
      json_field<std::string>(splits[1], "type", path) == "ByteLevel" &&
      !json_field_or(splits[1], "add_prefix_space", true, path);
  require(splits_as_clip, "CLIP's \"pre_tokenizer\" (Split at its regular expression, ByteLevel)",
          document.at("pre_tokenizer"), path);
}

/// Whether the words get a space before, from tokenizer_config.json and, where that says nothing, the pre-tokenizer.
bool reads_prefix_space(const Json& document, const TokenizerConfig& config, const Path& path) {
  const Json& split = part_of_type(document, "pre_tokenizer", "ByteLevel", path);
  if (!json_field_or(split, "use_regex", true, path)) throw FileError(path, "\"use_regex\" to be true", "false");
  return json_field_or(config.values, "add_prefix_space", json_field_or(split, "add_prefix_space", true, path), config.path);
}

std::unique_ptr<const Tokenizer> from_tokenizer_json(const Path& path, const TokenizerConfig& config, const char* pad_token) {
  const Json document = read_json(path);
  const Json& model = model_of_type(document, "BPE", path);
  ByteBpeOptions options;
  if (document.contains("normalizer") && !document.at("normalizer").is_null()) {
    read_clip(document, options, path);
  } else {
    options.add_prefix_space = reads_prefix_space(document, config, path);
  }
  for (const char* unbuilt : {"byte_fallback", "ignore_merges"}) {
    if (json_field_or(model, unbuilt, false, path)) throw FileError(path, "\"" + std::string(unbuilt) + "\" to be false", "true");
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
  Vocabulary all_tokens = vocabulary;  // an added token need not be the model's
  for (const AddedToken& token : options.frame.added_tokens) all_tokens.insert_or_assign(token.content, token.id);
  options.frame.pad_id = special_token(config, "pad_token", {.content = pad_token}, all_tokens, path).id;
  return std::make_unique<ByteBpe>(vocabulary, merges, std::move(options));
}

struct VocabularyFiles {
  Vocabulary vocabulary;
  ByteBpe::Merges merges;
  Path path;
};

VocabularyFiles read_vocabulary_files(const Path& folder) {
  VocabularyFiles files{.path = folder / "vocab.json"};
  files.vocabulary = vocabulary_of(read_json(files.path), files.path);
  files.merges = read_merges(folder / "merges.txt");
  check_merges(files.merges, files.vocabulary, folder / "merges.txt");
  return files;
}

std::unique_ptr<const Tokenizer> roberta_from_vocabulary(const VocabularyFiles& files, const TokenizerConfig& config) {
  const auto special = [&](const char* name, const AddedToken& otherwise) {
    return special_token(config, name, otherwise, files.vocabulary, files.path);
  };
  const AddedToken cls = special("cls_token", {.content = "<s>", .normalized = true});
  const AddedToken sep = special("sep_token", {.content = "</s>", .normalized = true});
  const AddedToken unknown = special("unk_token", {.content = "<unk>", .normalized = true});
  const AddedToken pad = special("pad_token", {.content = "<pad>", .normalized = true});
  const AddedToken mask = special("mask_token", {.content = "<mask>", .left_strip = true});
  ByteBpeOptions options{.add_prefix_space = json_field_or(config.values, "add_prefix_space", false, config.path),
                         .frame = {.added_tokens = {cls, sep, unknown, pad, mask},
                                   .before = {cls.id},
                                   .after = {sep.id},
                                   .pad_id = pad.id}};
  return std::make_unique<ByteBpe>(files.vocabulary, files.merges, std::move(options));
}

std::unique_ptr<const Tokenizer> clip_from_vocabulary(const VocabularyFiles& files, const TokenizerConfig& config) {
  const auto special = [&](const char* name, const char* otherwise) {
    return special_token(config, name, {.content = otherwise, .normalized = true}, files.vocabulary, files.path);
  };
  const AddedToken begin = special("bos_token", "<|startoftext|>");
  const AddedToken end = special("eos_token", "<|endoftext|>");
  const AddedToken pad = special("pad_token", "<|endoftext|>");
  const AddedToken unknown = special("unk_token", "<|endoftext|>");
  ByteBpeOptions options{.style = ByteBpeStyle::kClip,
                         .end_of_word_suffix = "</w>",
                         .unknown_token = unknown.content,
                         .frame = {.added_tokens = {begin, end, pad, unknown},
                                   .before = {begin.id},
                                   .after = {end.id},
                                   .pad_id = pad.id}};
  return std::make_unique<ByteBpe>(files.vocabulary, files.merges, std::move(options));
}

using FromVocabulary = std::unique_ptr<const Tokenizer> (*)(const VocabularyFiles& files, const TokenizerConfig& config);

OpenedTokenizer open_with(const Path& folder, const char* pad_token, FromVocabulary from_vocabulary) {
  const TokenizerConfig config = read_tokenizer_config(folder);
  OpenedTokenizer opened{.files = config.files};
  if (const Path path = folder / "tokenizer.json"; std::filesystem::exists(path)) {
    opened.tokenizer = from_tokenizer_json(path, config, pad_token);
    opened.files.push_back("tokenizer.json");
  } else if (std::filesystem::exists(folder / "vocab.json") && std::filesystem::exists(folder / "merges.txt")) {
    opened.tokenizer = from_vocabulary(read_vocabulary_files(folder), config);
    opened.files.insert(opened.files.end(), {"vocab.json", "merges.txt"});
  } else {
    throw FileError(folder, "a tokenizer (tokenizer.json, or vocab.json and merges.txt)", "neither");
  }
  return opened;
}

}  // namespace

OpenedTokenizer open_roberta_bpe(const Path& folder) { return open_with(folder, "<pad>", roberta_from_vocabulary); }
OpenedTokenizer open_clip_bpe(const Path& folder) { return open_with(folder, "<|endoftext|>", clip_from_vocabulary); }

}  // namespace tandem
