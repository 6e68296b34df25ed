#include "tandem/base/near_word.h"

#include <algorithm>
#include <cctype>

namespace tandem {
namespace {

constexpr std::size_t kLongestWord = 64;  ///< longer words have no neighbours worth the time
constexpr std::size_t kShortestStart = 3;

std::string in_small_letters(std::string_view word) {
  std::string small(word);
  std::transform(small.begin(), small.end(), small.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return small;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> two_before(b.size() + 1), before(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) before[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, before[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], two_before[j - 2] + 1);
    }
    two_before.swap(before);
    before.swap(row);
  }
  return before[b.size()];
}

std::optional<std::string> near_word(std::string_view word, const std::vector<std::string>& known) {
  if (word.empty() || word.size() > kLongestWord) return std::nullopt;
  const std::string wanted = in_small_letters(word);
  std::optional<std::string> nearest;
  std::size_t least = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  for (const std::string& one : known) {
    if (one == word) return std::nullopt;
    const std::string small = in_small_letters(one);
    const bool begins = wanted.size() >= kShortestStart && small.starts_with(wanted);
    const std::size_t distance = begins ? 1 : edit_distance(wanted, small);
    if (distance >= least) continue;
    least = distance;
    nearest = one;
  }
  return nearest;
}

}  // namespace tandem
