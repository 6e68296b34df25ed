// The common parts of the losses over tiles of pairs: checks, groups of equal ids, partners, and
// gradients of rows and scale.
#pragma once

#include "tandem/losses/pair_log_sums.h"
#include "tandem/losses/similarity_tiles.h"
#include "tandem/losses/tile_passes.h"

namespace tandem {

/// Throws c10::ValueError naming `caller` and the field of `sides` or `options` that does not fit.
void check_sides(const char* caller, const Sides& sides, PairsLeftOut left_out, const StreamingOptions& options);

/// Ids of both sides as small numbers.
struct PairGroups {
  at::Tensor of_left, of_right;  ///< int32; undefined if no entry is left out
  std::int64_t own_column = 0;
  bool own_stays = false;

  TakingPart part_of(const TilePlace& place) const;
};

PairGroups pair_groups(const Sides& sides, PairsLeftOut left_out);

/// [B1]: s of the partners.
at::Tensor own_similarities(const at::Tensor& left, const at::Tensor& right, std::int64_t own_column, double factor);

/// Adds the gradients that own_similarities passes back. Undefined gradients are skipped.
void add_own_gradient(const at::Tensor& own_gradient, const at::Tensor& left, const at::Tensor& right,
                      std::int64_t own_column, double factor, const at::Tensor& left_gradient,
                      const at::Tensor& right_gradient);

/// sum_ij left_ij gradient_ij: the gradient of log_scale, because the scale multiplies every
/// similarity. Makes no tensor of left's size.
double product_sum(const at::Tensor& left, const at::Tensor& gradient);

}  // namespace tandem
