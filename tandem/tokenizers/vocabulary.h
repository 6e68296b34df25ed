// Tokens and their ids.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace tandem {

using Vocabulary = std::map<std::string, std::int64_t>;

/// One more than the largest id.
inline std::int64_t size_of(const Vocabulary& vocabulary) {
  std::int64_t size = 0;
  for (const auto& [token, id] : vocabulary) size = id + 1 > size ? id + 1 : size;
  return size;
}

/// Lets a hash map of strings be asked with a string_view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

}  // namespace tandem
