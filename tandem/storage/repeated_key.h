// JSON libraries keep one of two equal keys of an object without a word; this looks for them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tandem {

/// A key that an object of the document has twice, or nothing. What is not JSON is looked through
/// up to its fault. Time n log n.
std::optional<std::string> repeated_key(std::string_view json);

}  // namespace tandem
