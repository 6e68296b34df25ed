// What a text tower's tokenizer must answer: a caption's token ids, the special ones included.
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

  /// The ids of `text`, special tokens around it (BERT: [CLS] ... [SEP]).
  ///
  ///   text        UTF-8; bytes that are not are read as U+FFFD, as Python's errors="replace" reads
  ///               them
  ///   max_tokens  the most ids to return; what stands past it is cut off, the special tokens
  ///               around are kept
  ///
  /// Never empty. Throws c10::ValueError if max_tokens has no room for the special tokens.
  virtual std::vector<std::int64_t> encode(std::string_view text, std::int64_t max_tokens) const = 0;

  /// What fills the shorter rows of a batch.
  virtual std::int64_t pad_id() const = 0;

  /// One more than the largest id encode() returns.
  virtual std::int64_t vocabulary_size() const = 0;
};

}  // namespace tandem
