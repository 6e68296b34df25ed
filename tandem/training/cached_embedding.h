// A head over many rows in little memory: gradient caching (Gao et al. 2021, arXiv:2101.06983,
// section 3). Rows are embedded in chunks without a graph; when the gradients with respect to the
// embeddings are known, every chunk is embedded again, with the same chance, and its share is
// pushed through. Rows that fit one chunk are embedded once.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

#include "tandem/heads/projection_head.h"

namespace tandem {

class CachedEmbedding {
 public:
  /// The features of some rows: [count, F]. Called once or twice for every chunk.
  using Rows = std::function<at::Tensor(std::int64_t begin, std::int64_t count)>;

  /// Embeds rows [begin, begin + count), whose numbers also choose their chance. `head` must
  /// outlive this.
  CachedEmbedding(const ProjectionHead& head, Rows rows, std::uint64_t seed, std::int64_t begin, std::int64_t count,
                  std::int64_t chunk);

  /// [count, D], without a graph.
  const at::Tensor& values() const { return values_; }

  /// Adds to the gradients of the head's parameters.
  ///
  ///   gradient  [count, D]  of a loss with respect to values()
  void backward(const at::Tensor& gradient);

 private:
  at::Tensor embed(std::int64_t offset, std::int64_t count) const;

  const ProjectionHead& head_;
  Rows rows_;
  std::uint64_t seed_;
  std::int64_t begin_, count_, chunk_;
  at::Tensor graph_;  ///< the only chunk, with its graph
  at::Tensor values_;
};

}  // namespace tandem
