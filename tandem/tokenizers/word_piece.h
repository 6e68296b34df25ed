// WordPiece (Schuster and Nakajima 2012; as BERT uses it, Devlin et al. 2019, arXiv:1810.04805): each word is
// cut into the longest pieces the vocabulary has, from the left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tandem/tokenizers/bert_normalizer.h"
#include "tandem/tokenizers/tokenizer.h"

namespace tandem {

/// A token that is recognised in the text as it stands, before or after it is normalized: "[SEP]".
struct AddedToken {
  std::string content;
  std::int64_t id = 0;
  bool left_strip = false;   ///< swallows the white space before it
  bool right_strip = false;  ///< swallows the white space behind it
  bool normalized = false;   ///< looked for in the normalized text
};

struct WordPieceOptions {
  BertNormalizerOptions normalizer;
  std::string unknown_token = "[UNK]";         ///< stands for a word that the pieces do not make up
  std::string continuing_prefix = "##";        ///< marks pieces that do not begin a word; may be empty
  std::int64_t max_characters_per_word = 100;  ///< longer words are unknown
  std::vector<AddedToken> added_tokens;        ///< empty: none is recognised in the text
  std::vector<std::int64_t> before;            ///< ids in front of every text: [CLS]
  std::vector<std::int64_t> after;             ///< ids behind every text: [SEP]
  std::int64_t pad_id = 0;
};

/// BERT's tokenizer. encode() costs O(length of the text); a word costs O(its length squared) at most.
class WordPiece final : public Tokenizer {
 public:
  using Vocabulary = std::map<std::string, std::int64_t>;

  /// Throws c10::ValueError if the unknown token is not in the vocabulary or an added token is empty.
  WordPiece(const Vocabulary& vocabulary, WordPieceOptions options);

  std::vector<std::int64_t> encode(std::string_view text, std::int64_t max_tokens) const override;
  std::int64_t pad_id() const override { return options_.pad_id; }
  std::int64_t vocabulary_size() const override { return vocabulary_size_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Pieces = std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>>;
  struct Needle {
    std::u32string content;  // as it is looked for: normalized where the token is
    AddedToken token;
  };

  void append_raw_text(std::u32string_view text, std::vector<std::int64_t>& ids) const;
  void append_normalized_text(std::u32string_view text, std::vector<std::int64_t>& ids) const;
  void append_word(std::u32string_view word, std::vector<std::int64_t>& ids) const;

  WordPieceOptions options_;
  Pieces beginnings_;     // pieces that may begin a word
  Pieces continuations_;  // pieces that may follow, without their prefix
  std::size_t longest_piece_bytes_ = 0;
  std::vector<Needle> raw_needles_;
  std::vector<Needle> normalized_needles_;
  std::int64_t unknown_id_ = 0;
  std::int64_t vocabulary_size_ = 0;
};

}  // namespace tandem
