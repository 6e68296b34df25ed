// Names of many files in one pattern, as shells and webdataset write them:
// "shards/{0000..0012}.tar".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// Every name of the pattern, in order. "{00..12}" counts, with as many digits as its first number
/// has; "{a,b}" lists. Several braces are combined, and the last one varies fastest. A pattern
/// without braces gives itself.
/// Throws FileError naming the pattern if a brace is not closed, holds neither form, counts down,
/// or if there are more than `most` names.
std::vector<std::string> expand_braces(const std::string& pattern, std::size_t most = 100000);

/// A name that counts up without an end: "out/{000..}.tar".
struct OpenPattern {
  std::string before, after;
  std::size_t digits = 1;
  std::size_t first = 0;

  std::string name(std::size_t number) const;  ///< the file `number` after the first; `number` counts from 0
};

/// The pattern if it has one brace with an open range, else nothing.
std::optional<OpenPattern> open_pattern(std::string_view pattern);

}  // namespace tandem
