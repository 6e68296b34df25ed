// WordPiece (Schuster and Nakajima 2012; as in BERT, Devlin et al. 2019, arXiv:1810.04805): each
// word is split from the left into the longest pieces that the vocabulary has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tandem/tokenizers/bert_normalizer.h"
#include "tandem/tokenizers/framed_tokenizer.h"
#include "tandem/tokenizers/vocabulary.h"

namespace tandem {

struct WordPieceOptions {
  BertNormalizerOptions normalizer;
  std::string unknown_token = "[UNK]";         ///< stands for a word that cannot be split into pieces
  std::string continuing_prefix = "##";        ///< marks pieces that do not begin a word; may be empty
  std::int64_t max_characters_per_word = 100;  ///< longer words are unknown
  TokenFrame frame;
};

/// BERT's tokenizer. encode() costs O(length of the text); a single word costs at most O(its length
/// squared).
class WordPiece final : public FramedTokenizer {
 public:
  /// Throws c10::ValueError if the unknown token is not in the vocabulary or an added token is
  /// empty.
  WordPiece(const Vocabulary& vocabulary, WordPieceOptions options);

 protected:
  void append_ids(std::u32string_view text, std::vector<std::int64_t>& ids) const override;

 private:
  using Pieces = std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>>;

  void append_word(std::u32string_view word, std::vector<std::int64_t>& ids) const;

  WordPieceOptions options_;
  Pieces beginnings_;     // pieces that may begin a word
  Pieces continuations_;  // pieces that may follow, without their prefix
  std::size_t longest_piece_bytes_ = 0;
  std::int64_t unknown_id_ = 0;
};

}  // namespace tandem
