// The passes of tile_passes.h by LibTorch's operators: for devices other than the CPU, and the slow
// twin of the vectorised loops.
#pragma once

#include "tandem/losses/tile_passes.h"

namespace tandem::tile_operators {

void plain_sums(const at::Tensor& tile, const TakingPart& part, const TileSums& sums);
void shifted_sums(const at::Tensor& tile, const TakingPart& part, const TileSums& sums);
void weigh_logits(const at::Tensor& tile, const TakingPart& part, const at::Tensor& row_share,
                  const at::Tensor& column_share);
void weigh_exponentials(const at::Tensor& tile, const at::Tensor& row_share, const at::Tensor& column_share);
void weigh_shifted(const at::Tensor& tile, const TakingPart& part, const LogGradients& gradients);
double softplus_sum(const at::Tensor& tile, const TakingPart& part, double bias);
double weigh_sigmoid(const at::Tensor& tile, const TakingPart& part, double bias, double weight);

}  // namespace tandem::tile_operators
