#include "tandem/tokenizers/word_piece.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <utility>

#include "tandem/tokenizers/utf8.h"

namespace tandem {

WordPiece::WordPiece(const Vocabulary& vocabulary, WordPieceOptions options)
    : FramedTokenizer(
          options.frame,
          [normalizer = options.normalizer](std::u32string_view text) { return normalize_as_bert(text, normalizer); },
          size_of(vocabulary)),
      options_(std::move(options)) {
  const auto unknown = vocabulary.find(options_.unknown_token);
  TORCH_CHECK_VALUE(unknown != vocabulary.end(), "WordPiece: the vocabulary has no \"", options_.unknown_token, "\"");
  unknown_id_ = unknown->second;
  const std::string& prefix = options_.continuing_prefix;
  for (const auto& [piece, id] : vocabulary) {
    longest_piece_bytes_ = std::max(longest_piece_bytes_, piece.size());
    // A piece with the prefix may also begin a word, one that is spelled with the prefix: "##".
    beginnings_.emplace(piece, id);
    if (piece.starts_with(prefix)) continuations_.emplace(piece.substr(prefix.size()), id);
  }
}

void WordPiece::append_ids(std::u32string_view text, std::vector<std::int64_t>& ids) const {
  for (const std::u32string_view word : split_as_bert(text)) append_word(word, ids);
}

void WordPiece::append_word(std::u32string_view word, std::vector<std::int64_t>& ids) const {
  if (word.size() > static_cast<std::size_t>(options_.max_characters_per_word)) {
    ids.push_back(unknown_id_);
    return;
  }
  const std::string bytes = encode_utf8(word);
  const std::size_t known_before = ids.size();
  for (std::size_t begin = 0; begin < bytes.size();) {
    const Pieces& pieces = begin == 0 ? beginnings_ : continuations_;
    std::size_t length = std::min(bytes.size() - begin, longest_piece_bytes_);
    auto found = pieces.end();
    for (; length > 0; --length) {
      // A cut within a character's bytes finds nothing, because the vocabulary's pieces are whole
      // characters.
      found = pieces.find(std::string_view(bytes).substr(begin, length));
      if (found != pieces.end()) break;
    }
    if (found == pieces.end()) {
      ids.resize(known_before);
      ids.push_back(unknown_id_);
      return;
    }
    ids.push_back(found->second);
    begin += length;
  }
}

}  // namespace tandem
