// The split of a numbered picture where of five pictures three are train, one is dev and one is
// test.
#pragma once

#include <cstdint>
#include <string>

namespace tandem::tests {

/// "train", `dev` or "test". Importers take "val" for dev too.
inline std::string split_of_fifth(std::int64_t number, const std::string& dev = "dev") {
  if (number % 5 == 3) return dev;
  return number % 5 == 4 ? "test" : "train";
}

}  // namespace tandem::tests
