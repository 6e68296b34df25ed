// Byte-level byte pair encoding (Sennrich et al. 2016, arXiv:1508.07909; on bytes, Radford et al.
// 2019, "Language Models are Unsupervised Multitask Learners"): the UTF-8 bytes of a word are
// merged pair by pair, in the order in which the pairs were learned.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tandem/tokenizers/framed_tokenizer.h"
#include "tandem/tokenizers/vocabulary.h"

namespace tandem {

/// How text is split into words.
enum class ByteBpeStyle {
  kGpt2,  ///< GPT-2 and RoBERTa: no normalization; a word includes the space before it
  kClip,  ///< CLIP: normalize_as_clip; white space is dropped
};

struct ByteBpeOptions {
  ByteBpeStyle style = ByteBpeStyle::kGpt2;
  bool ends_apart = false;         ///< kClip: the argument of split_as_clip
  bool add_prefix_space = false;   ///< kGpt2: puts a space before every piece of text that does not begin with one
  std::string end_of_word_suffix;  ///< appended to the last token of a word: "</w>"; empty: nothing is appended
  std::string unknown_token;       ///< stands for a byte that is not in the vocabulary; empty: such a byte is dropped
  bool fuse_unknown = false;       ///< one unknown token for a run of such bytes
  TokenFrame frame;
};

/// The tokenizer of GPT-2, RoBERTa and CLIP. encode() costs O(n log n) in the length of the text,
/// whatever its words. Words that are a single token are stored from the beginning, so most words
/// cost one look-up.
class ByteBpe final : public FramedTokenizer {
 public:
  using Merges = std::vector<std::pair<std::string, std::string>>;

  /// Tokens are spelled in GPT-2's alphabet, in which every byte is a printable character:
  /// "\u0120dog" is " dog".
  ///
  ///   merges  pairs of tokens, in the order in which they were learned; both tokens and the merged
  ///           one are in the vocabulary
  ///
  /// Throws c10::ValueError if one of them, or the unknown token, is not in the vocabulary.
  ByteBpe(const Vocabulary& vocabulary, const Merges& merges, ByteBpeOptions options);

 protected:
  void append_ids(std::u32string_view text, std::vector<std::int64_t>& ids) const override;

 private:
  struct Merge {
    std::int32_t rank = 0;
    std::int32_t joined = 0;
  };
  using Ids = std::array<std::int32_t, 256>;

  const Merge* find_merge(std::int32_t left, std::int32_t right) const;
  void append_word(std::string_view word, std::vector<std::int64_t>& ids) const;
  /// The tokens of a word that is not stored as a single token.
  std::vector<std::int32_t> joined_bytes(std::string_view word) const;

  ByteBpeOptions options_;
  Ids byte_ids_{};       // -1: not in the vocabulary
  Ids last_byte_ids_{};  // with the end-of-word suffix
  std::int32_t unknown_id_ = -1;
  std::unordered_map<std::uint64_t, Merge> merges_;                                       // by left << 32 | right
  std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> whole_words_;  // by their bytes
};

}  // namespace tandem
