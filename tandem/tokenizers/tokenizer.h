// The interface of a text tower's tokenizer: a caption's token ids, special tokens included.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tandem {

/// Turns text into token ids as the Hugging Face tokenizer of the same folder does. All methods are
/// const and may be called from several threads at once.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// The ids of `text` with special tokens around it (BERT: [CLS] ... [SEP]).
  ///
  ///   text        UTF-8; invalid bytes are read as U+FFFD, as by Python's errors="replace"
  ///   max_tokens  the largest number of ids to return; the text is cut, the special tokens
  ///               around it are kept
  ///
  /// Never empty. Throws c10::ValueError if max_tokens has no room for the special tokens.
  virtual std::vector<std::int64_t> encode(std::string_view text, std::int64_t max_tokens) const = 0;

  /// The id that fills the shorter rows of a batch.
  virtual std::int64_t pad_id() const = 0;

  /// One more than the largest id that encode() returns.
  virtual std::int64_t vocabulary_size() const = 0;
};

}  // namespace tandem
