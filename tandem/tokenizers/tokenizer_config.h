// What the small files beside a tokenizer's vocabulary say: tokenizer_config.json,
// special_tokens_map.json, added_tokens.json, and sentence-transformers' sentence_bert_config.json.
// Read as AutoTokenizer of transformers 4.57 reads them.
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
  Json values = Json::object();    ///< tokenizer_config.json, special tokens as special_tokens_map.json has them
  std::filesystem::path path;      ///< of tokenizer_config.json
  std::vector<std::string> files;  ///< names of the files that said something
  std::string tokenizer_class;     ///< "BertTokenizer", without "Fast"
  std::vector<AddedToken> added;   ///< of "added_tokens_decoder", or of added_tokens.json; in the order of their ids
  bool added_go_first = false;     ///< they are "added_tokens_decoder": their flags go before those of tokenizer.json
  std::optional<std::int64_t> max_tokens;  ///< of a text with its special tokens, where the files cut it
  bool lower_case_first = false;           ///< sentence-transformers puts texts in lower case itself

  /// Whether the class is PreTrainedTokenizerFast, which takes tokenizer.json as it is.
  bool is_generic() const;
  /// Whether the model is given the tokenizer's segments: "model_input_names", or what the class
  /// has.
  bool gives_segments() const;
};

/// Throws FileError if a file is no object, a field is senseless, texts shall be cut on the left,
/// special tokens shall be split, or the class (of tokenizer_config.json, else of config.json) is
/// neither one of `classes` nor PreTrainedTokenizerFast. The first of `classes` is what no name
/// means.
TokenizerConfig read_tokenizer_config(const std::filesystem::path& folder, const std::vector<std::string>& classes);

/// A token with its flags, without its id: {"content": "<mask>", "lstrip": true, ...}.
///
///   normalized  what holds where the object does not say
AddedToken read_added_token(const Json& json, bool normalized, const std::filesystem::path& path);

/// The names of the special tokens in tokenizer_config.json, in transformers' order: "bos_token",
/// ...
const std::vector<std::string>& special_token_names();

}  // namespace tandem
