// Where several processes join in a step. Each embeds its share of the batch's rows; every process
// then sees all embeddings, takes the whole loss, and pushes the gradients of its own rows through
// the heads; the heads' gradients are added up. Chance depends on a row's number in the batch, not
// on the process, so any number of them takes the steps of one.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace tandem {

struct Peers {
  std::int64_t rank = 0;
  std::int64_t count = 1;
  /// [own rows, D] -> [B, D]: the rows of all processes, by rank. Shares of a batch may differ by
  /// one row.
  std::function<at::Tensor(const at::Tensor& own, std::int64_t batch_rows)> gather_rows;
  /// Replaces each by its sum over all processes.
  std::function<void(const std::vector<at::Tensor>& gradients)> add_up;
  /// The number that the first process gives, in all of them.
  std::function<double(double own)> of_first;
};

/// The rows of a batch that process `rank` of `count` embeds: an even share, in order.
struct RowShare {
  std::int64_t begin = 0, rows = 0;
};
inline RowShare row_share(std::int64_t batch_rows, std::int64_t rank, std::int64_t count) {
  const std::int64_t begin = batch_rows * rank / count;
  return {.begin = begin, .rows = batch_rows * (rank + 1) / count - begin};
}

}  // namespace tandem
