#include "tandem/tokenizers/framed_tokenizer.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <utility>

#include "tandem/tokenizers/bert_unicode.h"
#include "tandem/tokenizers/utf8.h"

namespace tandem {

std::int64_t SegmentIds::largest() const {
  std::int64_t most = text;
  for (const std::int64_t segment : before) most = std::max(most, segment);
  for (const std::int64_t segment : after) most = std::max(most, segment);
  return most;
}

FramedTokenizer::FramedTokenizer(TokenFrame frame, Normalize normalize, std::int64_t vocabulary_size)
    : frame_(std::move(frame)), normalize_(std::move(normalize)), vocabulary_size_(vocabulary_size) {
  for (const std::vector<std::int64_t>& around : {frame_.before, frame_.after}) {
    for (const std::int64_t id : around) vocabulary_size_ = std::max(vocabulary_size_, id + 1);
  }
  for (const AddedToken& token : frame_.added_tokens) {
    TORCH_CHECK_VALUE(!token.content.empty(), "FramedTokenizer: added token ", token.id, " is empty");
    vocabulary_size_ = std::max(vocabulary_size_, token.id + 1);
    const std::u32string content = decode_utf8(token.content);
    if (token.normalized) {
      normalized_needles_.push_back({normalize_(content), token});
    } else {
      raw_needles_.push_back({content, token});
    }
  }
  std::erase_if(normalized_needles_, [](const Needle& needle) { return needle.content.empty(); });
}

std::vector<std::int64_t> FramedTokenizer::encode(std::string_view text, std::int64_t max_tokens) const {
  const auto special = static_cast<std::int64_t>(frame_.before.size() + frame_.after.size());
  TORCH_CHECK_VALUE(max_tokens >= std::max<std::int64_t>(special, 1), "encode: max_tokens must be at least ",
                    std::max<std::int64_t>(special, 1), ", got ", max_tokens);
  std::vector<std::int64_t> ids = frame_.before;
  cut(decode_utf8(text), raw_needles_, ids, [&](std::u32string_view raw) {
    cut(normalize_(raw), normalized_needles_, ids, [&](std::u32string_view piece) { append_ids(piece, ids); });
  });
  const std::size_t room = static_cast<std::size_t>(max_tokens) - frame_.after.size();
  if (ids.size() > room) ids.resize(room);
  ids.insert(ids.end(), frame_.after.begin(), frame_.after.end());
  return ids;
}

/// Splits `text` at every needle: the leftmost first, the longest of those that begin there.
/// Appends the needles' ids and calls between(piece) for the text between them, in order.
template <typename Between>
void FramedTokenizer::cut(std::u32string_view text, const std::vector<Needle>& needles, std::vector<std::int64_t>& ids,
                          Between between) const {
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size() && !needles.empty();) {
    const Needle* longest = nullptr;
    for (const Needle& needle : needles) {
      // The first character alone excludes almost all positions.
      if (text[i] == needle.content.front() && text.substr(i).starts_with(needle.content) &&
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
    while (longest->token.left_strip && begin > done && is_white_to_bert(text[begin - 1])) --begin;
    while (longest->token.right_strip && end < text.size() && is_white_to_bert(text[end])) ++end;
    if (begin > done) between(text.substr(done, begin - done));
    ids.push_back(longest->token.id);
    i = done = end;
  }
  if (done < text.size()) between(text.substr(done));
}

}  // namespace tandem
