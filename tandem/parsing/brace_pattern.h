// Names of many files in one word, as shells and webdataset write them: "shards/{0000..0012}.tar".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// Every name the pattern stands for, in order: "{00..12}" counts, with as many digits as its first
/// number has; "{a,b}" lists. Several braces are combined, the last one running fastest. A pattern
/// without braces is itself.
/// Throws FileError naming the pattern if a brace is not closed, holds neither, counts down, or the
/// names are more than `most`.
std::vector<std::string> expand_braces(const std::string& pattern, std::size_t most = 100000);

/// A name that counts on without an end: "out/{000..}.tar".
struct OpenPattern {
  std::string before, after;
  std::size_t digits = 1;
  std::size_t first = 0;

  std::string name(std::size_t number) const;  ///< of the file `number` after the first
};

/// The pattern if it has one brace with an open range; nothing if not.
std::optional<OpenPattern> open_pattern(std::string_view pattern);

}  // namespace tandem
