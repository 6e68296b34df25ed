// Processes a matrix of similarities a few rows at a time, so that memory does not grow with the
// product of its sides.
#pragma once

#include <algorithm>
#include <cstdint>

namespace tandem {

/// Calls work(begin, size) for consecutive ranges of [0, rows), in order. Each range has at least
/// one row and at most about `tile_values` values, if a row has `columns` values. The default is 16
/// MiB of float32.
template <typename Work>
void for_each_row_tile(std::int64_t rows, std::int64_t columns, const Work& work, std::int64_t tile_values = 1 << 22) {
  const std::int64_t most = std::max<std::int64_t>(1, tile_values / std::max<std::int64_t>(1, columns));
  for (std::int64_t begin = 0; begin < rows; begin += most) work(begin, std::min(most, rows - begin));
}

}  // namespace tandem
