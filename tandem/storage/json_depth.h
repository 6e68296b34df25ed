// How deep the levels of a JSON document lie in each other, counted before anything that recurses
// sees it.
#pragma once

#include <cstddef>
#include <string_view>

namespace tandem {

/// Objects and lists in each other that a document may have, wherever it comes from.
inline constexpr std::size_t kDeepestJson = 256;

/// Whether the text opens more than kDeepestJson objects and lists in each other. It need not be
/// JSON.
bool is_too_deep_json(std::string_view text);

}  // namespace tandem
