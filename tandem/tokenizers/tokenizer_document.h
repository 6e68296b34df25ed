// The parts of tokenizer.json that every kind of tokenizer has, with the additions of the files
// beside it: vocabulary, added tokens, special tokens around the text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tandem/storage/json_file.h"
#include "tandem/tokenizers/framed_tokenizer.h"
#include "tandem/tokenizers/tokenizer_config.h"
#include "tandem/tokenizers/vocabulary.h"

namespace tandem {

/// A tokenizer and the files it was made from, relative to its folder.
struct OpenedTokenizer {
  std::unique_ptr<const Tokenizer> tokenizer;
  std::vector<std::string> files;
  SegmentIds segments;                     ///< as a model with segments receives them
  std::optional<std::int64_t> max_tokens;  ///< of a text, if the files set a limit below the model's own
  /// Rules by which this tokenizer differs from an earlier reading of the same files. Part of an
  /// encoder's fingerprint.
  std::vector<std::string> rules;
};

/// The special token `name` of tokenizer_config.json, given as a string or as an object with its
/// flags; else `otherwise`. Its id is that of the vocabulary.
/// Throws FileError naming `path`, the vocabulary's file, if the vocabulary lacks it.
AddedToken special_token(const TokenizerConfig& config, const char* name, AddedToken otherwise,
                         const Vocabulary& vocabulary, const std::filesystem::path& path);

/// Adds what the files beside the vocabulary add: added tokens, with the next free ids, and special
/// tokens that are not yet in `frame`. Returns whether anything was added.
/// Throws FileError if an id in a file is not the one that transformers would assign.
bool add_tokens_of_config(const TokenizerConfig& config, const Vocabulary& vocabulary, TokenFrame& frame);

/// The vocabulary together with the frame's added tokens, which the model's vocabulary may lack.
Vocabulary with_added_tokens(Vocabulary vocabulary, const TokenFrame& frame);

/// The part `name` of tokenizer.json. Throws FileError if it is missing or its "type" is not
/// `wanted`.
const Json& part_of_type(const Json& document, const char* name, const std::string& wanted,
                         const std::filesystem::path& path);

/// The same for the part "model"; its "type" may be missing, as in old files.
const Json& model_of_type(const Json& document, const std::string& wanted, const std::filesystem::path& path);

/// Reads {"token": id, ...}. Throws FileError if an id is negative, too large or used twice, or a
/// token has a NUL byte.
Vocabulary vocabulary_of(const Json& tokens, const std::filesystem::path& path);

/// The id of a token. Throws FileError naming `path` if the vocabulary lacks it.
std::int64_t id_of(const Vocabulary& vocabulary, const std::string& token, const std::filesystem::path& path);

/// Reads "added_tokens" and "post_processor" of tokenizer.json (BertProcessing, RobertaProcessing,
/// TemplateProcessing, ByteLevel, a Sequence of these), with its segments.
/// Throws FileError if they ask for anything else, or for no special token around the text, or if
/// an added token has two ids.
TokenFrame read_frame(const Json& document, const std::filesystem::path& path);

}  // namespace tandem
