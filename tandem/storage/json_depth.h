// The depth of nested objects and lists in a JSON document, checked before any recursive parser
// sees it.
#pragma once

#include <cstddef>
#include <string_view>

namespace tandem {

/// The deepest nesting of objects and lists that a document may have, whatever its source.
inline constexpr std::size_t kDeepestJson = 256;

/// Whether the text nests more than kDeepestJson objects and lists. It need not be JSON.
bool is_too_deep_json(std::string_view text);

}  // namespace tandem
