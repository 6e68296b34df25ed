// STRUCTURE (Gröger et al. 2025, arXiv:2506.16895, section 3.2): what was near in a frozen
// encoder's space should stay near.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

struct StructureOptions {
  double weight = 0;          ///< of the regulariser beside the loss; 0 turns it off, the paper takes 10
  std::int64_t levels = 1;    ///< neighbours, neighbours of neighbours, ...
  double temperature = 0.05;  ///< cosine similarities are divided by it; smaller looks at nearer neighbours
};

/// Rows are made unit length and centred; P = softmax of each row's similarities over the batch /
/// temperature, in both spaces.
///
///   features   [B, F]  of the frozen encoder
///   embedding  [B, D]
///
/// Returns 1/L sum over levels l = 1..L of 1/l JS(P_features^l, P_embedding^l), JS the
/// Jensen-Shannon divergence (natural log), a mean over rows: 0 if all rows have the same
/// neighbours, log 2 at most. Differentiable in embedding. Takes O(B * B) memory.
/// Throws c10::ValueError if rows do not fit or options are out of range.
at::Tensor structure_difference(const at::Tensor& features, const at::Tensor& embedding,
                                const StructureOptions& options);

}  // namespace tandem
