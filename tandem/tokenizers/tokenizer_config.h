// The small files beside a tokenizer's vocabulary: tokenizer_config.json, special_tokens_map.json,
// added_tokens.json, and sentence-transformers' sentence_bert_config.json. Read as AutoTokenizer of
// transformers 4.57 reads them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/storage/json_file.h"
#include "tandem/tokenizers/framed_tokenizer.h"

namespace tandem {

struct TokenizerConfig {
  Json values = Json::object();    ///< tokenizer_config.json, with the special tokens of special_tokens_map.json
  std::filesystem::path path;      ///< of tokenizer_config.json
  std::vector<std::string> files;  ///< names of the files that set something
  std::string tokenizer_class;     ///< "BertTokenizer", without "Fast"
  std::vector<AddedToken> added;   ///< from "added_tokens_decoder" or added_tokens.json; in the order of their ids
  bool added_go_first = false;     ///< from "added_tokens_decoder": their flags override tokenizer.json
  std::optional<std::int64_t> max_tokens;  ///< of a text with its special tokens, if the files set a limit
  bool lower_case_first = false;           ///< sentence-transformers lower-cases texts itself

  /// Whether the class is PreTrainedTokenizerFast, which uses tokenizer.json unchanged.
  bool is_generic() const;
  /// Whether the model is given the tokenizer's segments: by "model_input_names", or else by the
  /// default of the class.
  bool gives_segments() const;
};

/// Throws FileError if a file is not an object, a field is invalid, texts are to be cut on the
/// left, special tokens are to be split, or the class (in tokenizer_config.json, else in
/// config.json) is neither one of `classes` nor PreTrainedTokenizerFast. If no class is named, it
/// is the first of `classes`.
TokenizerConfig read_tokenizer_config(const std::filesystem::path& folder, const std::vector<std::string>& classes);

/// A token with its flags, without its id: {"content": "<mask>", "lstrip": true, ...}.
///
///   normalized  the value if the object does not set it
AddedToken read_added_token(const Json& json, bool normalized, const std::filesystem::path& path);

/// The names of the special tokens in tokenizer_config.json, in transformers' order: "bos_token",
/// ...
const std::vector<std::string>& special_token_names();

}  // namespace tandem
