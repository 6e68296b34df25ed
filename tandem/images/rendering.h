// What a drawing process makes of a document. Depends on nothing else of the project.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tandem {

struct Rendering {
  std::int64_t height = 0, width = 0;
  std::vector<std::uint8_t> rgb = {};     ///< [height, width, 3]; empty: the document was rejected
  std::string expected = {}, found = {};  ///< the cause of the rejection, for a FileError
};

inline Rendering rejected_rendering(std::string expected, std::string found) {
  return {.expected = std::move(expected), .found = std::move(found)};
}

}  // namespace tandem
