#include "tandem/curation/caption_statistics.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <unordered_map>

#include "tandem/parsing/caption_text.h"

namespace tandem {
namespace {

/// Removes the next piece from the front and returns it; empty if there is none.
std::string_view take_piece(std::string_view& text) {
  constexpr std::string_view kSpaces = " \t\r\n\f\v";
  text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
  const std::string_view piece = text.substr(0, text.find_first_of(kSpaces));
  text.remove_prefix(piece.size());
  return piece;
}

bool is_punctuation(char c) { return std::ispunct(static_cast<unsigned char>(c)) != 0; }

std::string word_of(std::string_view piece) {
  while (!piece.empty() && is_punctuation(piece.front())) piece.remove_prefix(1);
  while (!piece.empty() && is_punctuation(piece.back())) piece.remove_suffix(1);
  return lower_case(piece);
}

}  // namespace

std::int64_t caption_length(const std::string& caption) {
  std::string_view rest = caption;
  std::int64_t pieces = 0;
  while (!take_piece(rest).empty()) ++pieces;
  return pieces;
}

CaptionStatistics caption_statistics(const CaptionSet& set, std::size_t most) {
  CaptionStatistics statistics;
  std::unordered_map<std::string, std::int64_t> uses;
  for (const CaptionedImage& image : set.images) {
    ++statistics.per_picture[static_cast<std::int64_t>(image.captions.size())];
    for (const std::string& caption : image.captions) {
      ++statistics.captions;
      ++statistics.lengths[caption_length(caption)];
      std::string_view rest = caption;
      for (std::string_view piece = take_piece(rest); !piece.empty(); piece = take_piece(rest)) {
        const std::string word = word_of(piece);
        if (!word.empty()) ++uses[word];
      }
    }
  }
  statistics.vocabulary = static_cast<std::int64_t>(uses.size());
  statistics.common_words.assign(uses.begin(), uses.end());
  for (const auto& [word, count] : statistics.common_words) statistics.seen_once += count == 1 ? 1 : 0;
  const auto commoner = [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  };
  const auto kept =
      statistics.common_words.begin() + static_cast<std::ptrdiff_t>(std::min(most, statistics.common_words.size()));
  std::partial_sort(statistics.common_words.begin(), kept, statistics.common_words.end(), commoner);
  statistics.common_words.erase(kept, statistics.common_words.end());
  return statistics;
}

}  // namespace tandem
