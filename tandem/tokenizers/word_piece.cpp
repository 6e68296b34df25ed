#include "tandem/tokenizers/word_piece.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <utility>

#include "tandem/tokenizers/bert_unicode.h"
#include "tandem/tokenizers/utf8.h"

namespace tandem {
namespace {

/// Cuts `text` at every occurrence of a needle: the leftmost first, the longest of those that begin there.
/// Calls between(piece) for what lies between and found(token) for each occurrence, in order.
template <typename Needle, typename Between, typename Found>
void cut_at_needles(std::u32string_view text, const std::vector<Needle>& needles, Between between,
                    Found found) {
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size() && !needles.empty();) {
    const Needle* longest = nullptr;
    for (const Needle& needle : needles) {
      if (text.substr(i).starts_with(needle.content) &&
          (longest == nullptr || needle.content.size() > longest->content.size())) {
        longest = &needle;
      }
    }
    if (longest == nullptr) {
      ++i;
      continue;
    }
    std::size_t begin = i;
    std::size_t end = i + longest->content.size();
    i = end;
    while (longest->token.left_strip && begin > done && is_white_to_bert(text[begin - 1])) --begin;
    while (longest->token.right_strip && end < text.size() && is_white_to_bert(text[end])) ++end;
    if (begin > done) between(text.substr(done, begin - done));
    found(longest->token);
    done = end;
    i = std::max(i, done);
  }
  if (done < text.size()) between(text.substr(done));
}

}  // namespace

WordPiece::WordPiece(const Vocabulary& vocabulary, WordPieceOptions options) : options_(std::move(options)) {
  const auto unknown = vocabulary.find(options_.unknown_token);
  TORCH_CHECK_VALUE(unknown != vocabulary.end(), "WordPiece: the vocabulary has no \"",
                    options_.unknown_token, "\"");
  unknown_id_ = unknown->second;
  const std::string& prefix = options_.continuing_prefix;
  for (const auto& [piece, id] : vocabulary) {
    vocabulary_size_ = std::max(vocabulary_size_, id + 1);
    longest_piece_bytes_ = std::max(longest_piece_bytes_, piece.size());
    // A piece with the prefix may also begin a word, one that is spelled with the prefix: "##".
    beginnings_.emplace(piece, id);
    if (piece.starts_with(prefix)) continuations_.emplace(piece.substr(prefix.size()), id);
  }
  for (const std::vector<std::int64_t>& around : {options_.before, options_.after}) {
    for (const std::int64_t id : around) vocabulary_size_ = std::max(vocabulary_size_, id + 1);
  }
  for (const AddedToken& token : options_.added_tokens) {
    TORCH_CHECK_VALUE(!token.content.empty(), "WordPiece: added token ", token.id, " is empty");
    vocabulary_size_ = std::max(vocabulary_size_, token.id + 1);
    const std::u32string content = decode_utf8(token.content);
    if (token.normalized) {
      normalized_needles_.push_back({normalize_as_bert(content, options_.normalizer), token});
    } else {
      raw_needles_.push_back({content, token});
    }
  }
  std::erase_if(normalized_needles_, [](const Needle& needle) { return needle.content.empty(); });
}

std::vector<std::int64_t> WordPiece::encode(std::string_view text, std::int64_t max_tokens) const {
  const auto special = static_cast<std::int64_t>(options_.before.size() + options_.after.size());
  TORCH_CHECK_VALUE(max_tokens >= std::max<std::int64_t>(special, 1), "encode: max_tokens must be at least ",
                    std::max<std::int64_t>(special, 1), ", got ", max_tokens);
  std::vector<std::int64_t> ids = options_.before;
  append_raw_text(decode_utf8(text), ids);
  const std::size_t room = static_cast<std::size_t>(max_tokens) - options_.after.size();
  if (ids.size() > room) ids.resize(room);
  ids.insert(ids.end(), options_.after.begin(), options_.after.end());
  return ids;
}

void WordPiece::append_raw_text(std::u32string_view text, std::vector<std::int64_t>& ids) const {
  cut_at_needles(
      text, raw_needles_,
      [&](std::u32string_view piece) {
        append_normalized_text(normalize_as_bert(piece, options_.normalizer), ids);
      },
      [&](const AddedToken& token) { ids.push_back(token.id); });
}

void WordPiece::append_normalized_text(std::u32string_view text, std::vector<std::int64_t>& ids) const {
  cut_at_needles(
      text, normalized_needles_,
      [&](std::u32string_view piece) {
        for (const std::u32string_view word : split_as_bert(piece)) append_word(word, ids);
      },
      [&](const AddedToken& token) { ids.push_back(token.id); });
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
      // A cut within a character's bytes finds nothing, for the vocabulary's pieces are whole characters.
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
