#include "tandem/training/cached_embedding.h"

#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <utility>

namespace tandem {

CachedEmbedding::CachedEmbedding(const ProjectionHead& head, Rows rows, std::uint64_t seed, std::int64_t begin,
                                 std::int64_t count, std::int64_t chunk)
    : head_(head), rows_(std::move(rows)), seed_(seed), begin_(begin), count_(count), chunk_(chunk) {
  if (count <= chunk) {
    graph_ = embed(0, count);
    values_ = graph_.detach();
    return;
  }
  const at::NoGradGuard no_graph;
  values_ = at::empty({count, head.options().embedding_width}, at::TensorOptions(head.device()));
  for (std::int64_t offset = 0; offset < count; offset += chunk) {
    const std::int64_t size = std::min(chunk, count - offset);
    values_.narrow(0, offset, size).copy_(embed(offset, size));
  }
}

at::Tensor CachedEmbedding::embed(std::int64_t offset, std::int64_t count) const {
  const std::int64_t first = begin_ + offset;
  return head_.embed(rows_(first, count), RowChance{.seed = seed_, .first_row = first});
}

void CachedEmbedding::backward(const at::Tensor& gradient) {
  if (graph_.defined()) {
    graph_.backward(gradient);
    graph_.reset();
    return;
  }
  for (std::int64_t offset = 0; offset < count_; offset += chunk_) {
    const std::int64_t size = std::min(chunk_, count_ - offset);
    embed(offset, size).backward(gradient.narrow(0, offset, size));
  }
}

}  // namespace tandem
