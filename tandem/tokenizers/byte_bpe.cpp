#include "tandem/tokenizers/byte_bpe.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <queue>
#include <tuple>
#include <utility>

#include "tandem/tokenizers/byte_level_split.h"
#include "tandem/tokenizers/clip_normalizer.h"
#include "tandem/tokenizers/utf8.h"

namespace tandem {
namespace {

/// GPT-2's alphabet: printable Latin-1 characters represent themselves; the other 68 bytes are
/// represented by U+0100 and following, in order.
std::array<char32_t, 256> make_alphabet() {
  std::array<char32_t, 256> alphabet{};
  char32_t next = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
    alphabet[byte] = printable ? byte : next++;
  }
  return alphabet;
}

/// The bytes that a token spells; nothing if it is not in GPT-2's alphabet.
std::optional<std::string> bytes_of(std::string_view token, const std::array<char32_t, 256>& alphabet) {
  std::string bytes;
  for (const char32_t letter : decode_utf8(token)) {
    const auto found = std::find(alphabet.begin(), alphabet.end(), letter);
    if (found == alphabet.end()) return std::nullopt;
    bytes.push_back(static_cast<char>(found - alphabet.begin()));
  }
  return bytes;
}

std::uint64_t pair_key(std::int32_t left, std::int32_t right) {
  return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
}

/// A part of a word that is being merged into tokens, in a list linked by indices; -1 is the end.
struct Part {
  std::int32_t id = 0;
  std::int64_t previous = -1;
  std::int64_t next = -1;
};

constexpr std::int32_t kGone = -1;

/// A pair that may be joined: the lowest rank first, then the leftmost.
struct Candidate {
  std::int32_t rank = 0;
  std::int64_t left = 0;
  std::int32_t joined = 0;
  bool operator>(const Candidate& other) const { return std::tie(rank, left) > std::tie(other.rank, other.left); }
};

}  // namespace

ByteBpe::ByteBpe(const Vocabulary& vocabulary, const Merges& merges, ByteBpeOptions options)
    : FramedTokenizer(
          options.frame,
          [style = options.style](std::u32string_view text) {
            return style == ByteBpeStyle::kClip ? normalize_as_clip(text) : std::u32string(text);
          },
          size_of(vocabulary)),
      options_(std::move(options)) {
  const auto id_of = [&](const std::string& token) {
    const auto found = vocabulary.find(token);
    return found == vocabulary.end() ? kGone : static_cast<std::int32_t>(found->second);
  };
  const auto known_id = [&](const std::string& token) {
    const std::int32_t id = id_of(token);
    TORCH_CHECK_VALUE(id != kGone, "ByteBpe: the vocabulary has no \"", token, "\"");
    return id;
  };
  if (!options_.unknown_token.empty()) unknown_id_ = known_id(options_.unknown_token);
  const std::array<char32_t, 256> alphabet = make_alphabet();
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const std::string letter = encode_utf8({&alphabet[byte], 1});
    byte_ids_[byte] = id_of(letter);
    last_byte_ids_[byte] = id_of(letter + options_.end_of_word_suffix);
  }
  std::int32_t rank = 0;
  for (const auto& [left, right] : merges) {
    merges_.insert_or_assign(pair_key(known_id(left), known_id(right)),
                             Merge{.rank = rank++, .joined = known_id(left + right)});
  }
  const std::string& suffix = options_.end_of_word_suffix;
  for (const auto& [token, id] : vocabulary) {
    if (!token.ends_with(suffix)) continue;
    const auto bytes = bytes_of(std::string_view(token).substr(0, token.size() - suffix.size()), alphabet);
    if (!bytes || bytes->empty()) continue;
    // Some tokens are never the result of merging their bytes, because other merges come first.
    if (joined_bytes(*bytes) == std::vector<std::int32_t>{static_cast<std::int32_t>(id)})
      whole_words_.emplace(*bytes, id);
  }
}

void ByteBpe::append_ids(std::u32string_view text, std::vector<std::int64_t>& ids) const {
  std::u32string spaced;
  if (options_.style == ByteBpeStyle::kGpt2 && options_.add_prefix_space && text.front() != U' ') {
    spaced = U' ' + std::u32string(text);
    text = spaced;
  }
  std::string bytes;
  const bool clip = options_.style == ByteBpeStyle::kClip;
  for (const std::u32string_view word : clip ? split_as_clip(text, options_.ends_apart) : split_as_gpt2(text)) {
    bytes.clear();
    for (const char32_t code_point : word) append_utf8(bytes, code_point);
    append_word(bytes, ids);
  }
}

void ByteBpe::append_word(std::string_view word, std::vector<std::int64_t>& ids) const {
  if (const auto whole = whole_words_.find(word); whole != whole_words_.end()) {
    ids.push_back(whole->second);
    return;
  }
  const std::vector<std::int32_t> joined = joined_bytes(word);
  ids.insert(ids.end(), joined.begin(), joined.end());
}

const ByteBpe::Merge* ByteBpe::find_merge(std::int32_t left, std::int32_t right) const {
  const auto found = merges_.find(pair_key(left, right));
  return found == merges_.end() ? nullptr : &found->second;
}

std::vector<std::int32_t> ByteBpe::joined_bytes(std::string_view word) const {
  std::vector<Part> parts;
  parts.reserve(word.size());
  bool after_unknown = false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const std::int32_t known = (i + 1 < word.size() ? byte_ids_ : last_byte_ids_)[static_cast<std::uint8_t>(word[i])];
    const bool unknown = known == kGone;
    const bool dropped = unknown && (unknown_id_ == kGone || (after_unknown && options_.fuse_unknown));
    after_unknown = unknown;
    if (dropped) continue;
    const auto place = static_cast<std::int64_t>(parts.size());
    if (place > 0) parts.back().next = place;
    parts.push_back({.id = unknown ? unknown_id_ : known, .previous = place - 1});
  }

  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> candidates;
  const auto consider = [&](std::int64_t left) {
    if (left < 0 || parts[left].next < 0) return;
    const Merge* merge = find_merge(parts[left].id, parts[parts[left].next].id);
    if (merge != nullptr) candidates.push({.rank = merge->rank, .left = left, .joined = merge->joined});
  };
  for (std::size_t i = 0; i < parts.size(); ++i) consider(static_cast<std::int64_t>(i));
  while (!candidates.empty()) {
    const Candidate best = candidates.top();
    candidates.pop();
    Part& left = parts[best.left];
    if (left.id == kGone || left.next < 0) continue;
    Part& right = parts[left.next];
    // The pair may have changed since it was put into the queue.
    const Merge* merge = find_merge(left.id, right.id);
    if (merge == nullptr || merge->joined != best.joined) continue;
    left.id = best.joined;
    right.id = kGone;
    left.next = right.next;
    if (left.next >= 0) parts[left.next].previous = best.left;
    consider(left.previous);
    consider(best.left);
  }
  std::vector<std::int32_t> ids;
  for (const Part& part : parts) {
    if (part.id != kGone) ids.push_back(part.id);
  }
  return ids;
}

}  // namespace tandem
