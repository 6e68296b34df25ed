// The expensive part of the sigmoid loss: the sum over all pairs that are not partners. It is
// computed in tiles, forward and backward (the chunked form of SigLIP, Zhai et al. 2023,
// arXiv:2303.15343, section 3.3).
#pragma once

#include "tandem/losses/pair_log_sums.h"

namespace tandem {

struct PairSigmoidSum {
  at::Tensor apart;  ///< []    sum of log(1 + exp(s_ij + bias)) over the pairs that are not left out
  at::Tensor own;    ///< [B1]  s of the partners
};

///   bias  []
///
/// Differentiable in left, right, log_scale and bias. Cost, memory, bits and exceptions are those
/// of pair_log_sums.
PairSigmoidSum pair_sigmoid_sum(const Sides& sides, const at::Tensor& bias, PairsLeftOut left_out,
                                const StreamingOptions& options = {});

}  // namespace tandem
