// JSON libraries silently keep only one of two equal keys of an object; this function finds such
// keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tandem {

/// A key that an object of the document has twice, or nothing. Text that is not JSON is searched up
/// to the first error. O(n log n) time.
std::optional<std::string> repeated_key(std::string_view json);

}  // namespace tandem
