// What tokenizer.json and tokenizer_config.json say of every kind of tokenizer: vocabulary, added tokens, special tokens
// around the text.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tandem/storage/json_file.h"
#include "tandem/tokenizers/framed_tokenizer.h"
#include "tandem/tokenizers/vocabulary.h"

namespace tandem {

/// A tokenizer and the files, relative to its folder, that it was made from.
struct OpenedTokenizer {
  std::unique_ptr<const Tokenizer> tokenizer;
  std::vector<std::string> files;
};

/// tokenizer_config.json; an empty object where there is none.
struct TokenizerConfig {
  Json values = Json::object();
  std::filesystem::path path;
  std::vector<std::string> files;  ///< its name, if it is there
};

/// Throws FileError if it is no object or asks for texts to be cut on the left.
TokenizerConfig read_tokenizer_config(const std::filesystem::path& folder);

/// The special token that tokenizer_config.json names, as a string or an object with its flags; else `otherwise`. Its id
/// is the vocabulary's. Throws FileError naming `path`, the vocabulary's file, if that has none.
AddedToken special_token(const TokenizerConfig& config, const char* name, AddedToken otherwise, const Vocabulary& vocabulary,
                         const std::filesystem::path& path);

/// The part of tokenizer.json that `name` names. Throws FileError if it is missing or its "type" is not `wanted`.
const Json& part_of_type(const Json& document, const char* name, const std::string& wanted, const std::filesystem::path& path);

/// The same for the "model", whose "type" old files leave out.
const Json& model_of_type(const Json& document, const std::string& wanted, const std::filesystem::path& path);

/// {"token": id, ...}. Throws FileError if an id is negative or too large.
Vocabulary vocabulary_of(const Json& tokens, const std::filesystem::path& path);

/// Throws FileError if there is no such token.
std::int64_t id_of(const Vocabulary& vocabulary, const std::string& token, const std::filesystem::path& path);

/// "added_tokens" and "post_processor" of tokenizer.json (BertProcessing, RobertaProcessing, TemplateProcessing, ByteLevel,
/// a Sequence of these). Throws FileError if they ask for anything else, or for no special token around the text.
TokenFrame read_frame(const Json& document, const std::filesystem::path& path);

}  // namespace tandem
