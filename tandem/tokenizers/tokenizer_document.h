// What tokenizer.json says of every kind of tokenizer, and the files beside it add: vocabulary,
// added tokens, special tokens around the text.
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

/// A tokenizer and the files, relative to its folder, that it was made from.
struct OpenedTokenizer {
  std::unique_ptr<const Tokenizer> tokenizer;
  std::vector<std::string> files;
  SegmentIds segments;                     ///< as a model that has segments is given them
  std::optional<std::int64_t> max_tokens;  ///< of a text, where its files cut it sooner than the model must
  /// What makes it another tokenizer than the same files were once read as. Part of an encoder's
  /// fingerprint.
  std::vector<std::string> rules;
};

/// The special token that tokenizer_config.json names, as a string or an object with its flags;
/// else `otherwise`. Its id is the vocabulary's. Throws FileError naming `path`, the vocabulary's
/// file, if that has none.
AddedToken special_token(const TokenizerConfig& config, const char* name, AddedToken otherwise,
                         const Vocabulary& vocabulary, const std::filesystem::path& path);

/// Adds what the files beside the vocabulary add: their added tokens, with the next free ids, and
/// special tokens that are not among `frame`'s yet. Returns whether there was any. Throws FileError
/// if a file's id is not the one transformers would give.
bool add_tokens_of_config(const TokenizerConfig& config, const Vocabulary& vocabulary, TokenFrame& frame);

/// The vocabulary with the frame's added tokens, which need not be the model's.
Vocabulary with_added_tokens(Vocabulary vocabulary, const TokenFrame& frame);

/// The part of tokenizer.json that `name` names. Throws FileError if it is missing or its "type" is
/// not `wanted`.
const Json& part_of_type(const Json& document, const char* name, const std::string& wanted,
                         const std::filesystem::path& path);

/// The same for the "model", whose "type" old files leave out.
const Json& model_of_type(const Json& document, const std::string& wanted, const std::filesystem::path& path);

/// {"token": id, ...}. Throws FileError if an id is negative, too large or another token's, or a
/// token has a NUL byte.
Vocabulary vocabulary_of(const Json& tokens, const std::filesystem::path& path);

/// Throws FileError if there is no such token.
std::int64_t id_of(const Vocabulary& vocabulary, const std::string& token, const std::filesystem::path& path);

/// "added_tokens" and "post_processor" of tokenizer.json (BertProcessing, RobertaProcessing,
/// TemplateProcessing, ByteLevel, a Sequence of these), with the segments it numbers. Throws
/// FileError if they ask for anything else, or for no special token around the text, or an added
/// token has two ids.
TokenFrame read_frame(const Json& document, const std::filesystem::path& path);

}  // namespace tandem
