#include "tandem/features/view_of_states.h"

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/where.h>
#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/base/shape_check.h"

namespace tandem {

at::Tensor view_of_tokens(const at::Tensor& states, const at::Tensor& mask, const View& view) {
  if (view.tokens == 0) return pool(states, mask, view.pooling);
  check_shape("view_of_tokens", "states", states, {kAnySize, kAnySize, kAnySize});
  check_shape("view_of_tokens", "mask", mask, {states.size(0), states.size(1)});
  const std::int64_t kept = std::min(view.tokens, states.size(1));
  // The values at padding are undefined, so they are replaced instead of multiplied by zero.
  const at::Tensor tokens = at::where(mask.narrow(1, 0, kept).unsqueeze(2), states.narrow(1, 0, kept), 0.0);
  return at::constant_pad_nd(tokens, {0, 0, 0, view.tokens - kept}).flatten(1);
}

at::Tensor view_of_patches(const at::Tensor& states, std::int64_t leading, const View& view) {
  if (view.tokens == 0) return pool_patches(states, leading, view.pooling);
  check_shape("view_of_patches", "states", states, {kAnySize, kAnySize, kAnySize});
  const std::int64_t patches = states.size(1) - leading;
  const std::int64_t side = grid_side(patches);
  const std::int64_t wanted = grid_side(view.tokens);
  TORCH_CHECK_VALUE(side > 0, "the view ", view_text(view), " wants patches in a square grid, got ", patches,
                    " of them");
  TORCH_CHECK_VALUE(wanted <= side, "the view ", view_text(view), " wants as many patches at least, got ", patches);
  const at::Tensor kept = states.narrow(1, leading, patches);
  if (wanted == side) return kept.flatten(1);
  const at::Tensor grid = kept.transpose(1, 2).reshape({kept.size(0), kept.size(2), side, side});
  return at::adaptive_avg_pool2d(grid, {wanted, wanted}).flatten(2).transpose(1, 2).flatten(1);
}

}  // namespace tandem
