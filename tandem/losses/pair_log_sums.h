// The one expensive thing in every softmax loss: for each row of a matrix of similarities, and for each column, the log of the sum
// of exponentials; computed in tiles that fit the cache, forward and back, so that the matrix never exists (the idea of FlashAttention,
// Dao et al. 2022, arXiv:2205.14135, for InfoNCE).
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// Which entries (i, j) of the matrix take part.
enum class PairsLeftOut {
  kNone,             ///< all do
  kOtherOfOwn,       ///< all but those with i != j and equal ids
  kOwnAndOtherOfOwn  ///< all but those with equal ids
};

enum class Products {
  kFloat32,
  kBFloat16  ///< factors are rounded to bf16, similarities too; sums are fp32. Only for fp32 arguments
};

struct StreamingOptions {
  Products products = Products::kFloat32;
  std::int64_t tile_rows = 512;
  std::int64_t tile_columns = 1024;
};

struct PairLogSums {
  at::Tensor of_rows;     ///< [B]: log sum_j exp(s_ij)
  at::Tensor of_columns;  ///< [B]: log sum_i exp(s_ij); -infinity where nothing takes part
};

/// s = exp(log_scale) left right^T.
///
///   left, right  [B, D]  float32 or float64
///   log_scale    []
///   id           [B]     int64; may be undefined with kNone
///
/// Differentiable in left, right and log_scale. The forward pass takes one product of B x D with D x B, the backward pass three.
/// Beyond the results, memory is a few tiles and vectors of B, whatever B is. The same tiles give the same bits.
/// Throws c10::ValueError if shapes or types do not fit, or B is 0.
PairLogSums pair_log_sums(const at::Tensor& left, const at::Tensor& right, const at::Tensor& log_scale, const at::Tensor& id, PairsLeftOut left_out,
                          const StreamingOptions& options = {});

}  // namespace tandem
