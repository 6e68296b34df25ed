// Sorted tables of code point ranges.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace tandem {

struct CodePointRange {
  char32_t first;
  char32_t last;
};

/// The range of the sorted table that contains the code point, or nullptr.
template <typename Range, std::size_t N>
const Range* find_range(const Range (&table)[N], char32_t code_point) {
  const Range* found = std::lower_bound(std::begin(table), std::end(table), code_point,
                                        [](const Range& range, char32_t c) { return range.last < c; });
  return found != std::end(table) && found->first <= code_point ? found : nullptr;
}

}  // namespace tandem
