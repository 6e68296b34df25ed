#include "tandem/analysis/class_terms.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <unordered_map>

namespace tandem {
namespace {

// Words that are common in every caption and name nothing. Sorted, for a binary search.
constexpr std::array<std::string_view, 107> kFunctionWords = {
    "about",  "above",   "across",  "after",   "against", "all",  "along",   "also",   "an",      "and",   "another",
    "are",    "around",  "as",      "at",      "away",    "be",   "been",    "before", "behind",  "being", "below",
    "beside", "between", "both",    "but",     "by",      "can",  "down",    "during", "each",    "for",   "from",
    "front",  "get",     "gets",    "getting", "had",     "has",  "have",    "having", "he",      "her",   "here",
    "him",    "his",     "in",      "inside",  "into",    "is",   "it",      "its",    "just",    "like",  "many",
    "more",   "near",    "next",    "no",      "not",     "of",   "off",     "on",     "one",     "onto",  "or",
    "other",  "others",  "out",     "outside", "over",    "past", "several", "she",    "so",      "some",  "that",
    "the",    "their",   "them",    "there",   "these",   "they", "this",    "those",  "through", "to",    "together",
    "too",    "toward",  "towards", "two",     "under",   "up",   "upon",    "very",   "was",     "we",    "were",
    "what",   "when",    "where",   "which",   "while",   "who",  "whose",   "with"};

bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool names_something(std::string_view word) {
  if (word.size() < 2 || std::binary_search(kFunctionWords.begin(), kFunctionWords.end(), word)) return false;
  return !std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::vector<std::string> content_words(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    // An apostrophe or hyphen between letters belongs to the word: "rock-climber", "o'clock".
    const bool joins = i > 0 && i + 1 < text.size() && (text[i] == '\'' || text[i] == '-') && is_letter(text[i - 1]) &&
                       is_letter(text[i + 1]);
    if (i < text.size() && (is_letter(text[i]) || joins)) {
      word += text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
      continue;
    }
    if (names_something(word)) words.push_back(word);
    word.clear();
  }
  return words;
}

std::vector<std::vector<std::string>> class_terms(const std::vector<std::string>& texts,
                                                  const std::vector<std::int64_t>& class_of, std::int64_t classes,
                                                  std::size_t count) {
  TORCH_CHECK_VALUE(texts.size() == class_of.size(), "class_terms: one class per text is needed, got ", class_of.size(),
                    " for ", texts.size(), " texts");
  using Uses = std::unordered_map<std::string, std::int64_t>;
  std::vector<Uses> uses(std::max<std::int64_t>(classes, 0));
  Uses all;
  std::int64_t words = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    TORCH_CHECK_VALUE(class_of[i] >= -1 && class_of[i] < classes, "class_terms: classes must be from -1 to ",
                      classes - 1, ", got ", class_of[i]);
    if (class_of[i] < 0) continue;
    for (const std::string& word : content_words(texts[i])) {
      ++uses[class_of[i]][word];
      ++all[word];
      ++words;
    }
  }
  const double mean_words = static_cast<double>(words) / static_cast<double>(std::max<std::int64_t>(classes, 1));
  std::vector<std::vector<std::string>> terms;
  for (const Uses& own : uses) {
    std::vector<std::pair<double, std::string>> weighted;
    for (const auto& [word, number] : own)
      weighted.emplace_back(static_cast<double>(number) * std::log1p(mean_words / static_cast<double>(all.at(word))),
                            word);
    std::sort(weighted.begin(), weighted.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    terms.emplace_back();
    for (std::size_t i = 0; i < std::min(count, weighted.size()); ++i) terms.back().push_back(weighted[i].second);
  }
  return terms;
}

}  // namespace tandem
