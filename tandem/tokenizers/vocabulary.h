// Tokens and their ids.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "tandem/base/errors.h"

namespace tandem {

using Vocabulary = std::map<std::string, std::int64_t>;

/// The largest number of tokens, or of merges, that a file may have. The largest vocabulary of a
/// published encoder (XLM-V's) has 902,629.
inline constexpr std::size_t kMostTokens = 2'000'000;

/// Throws FileError naming the file if there are more than kMostTokens.
inline void check_token_count(std::size_t count, const std::filesystem::path& file) {
  if (count > kMostTokens)
    throw FileError(file, "at most " + std::to_string(kMostTokens) + " tokens or merges", std::to_string(count));
}

/// One more than the largest id.
inline std::int64_t size_of(const Vocabulary& vocabulary) {
  std::int64_t size = 0;
  for (const auto& [token, id] : vocabulary) size = id + 1 > size ? id + 1 : size;
  return size;
}

/// Lets a hash map of strings be searched by a string_view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

}  // namespace tandem
