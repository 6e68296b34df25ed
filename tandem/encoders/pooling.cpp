#include "tandem/encoders/pooling.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/where.h>
#include <c10/util/Exception.h>

#include <array>
#include <limits>
#include <utility>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

constexpr std::array<std::pair<Pooling, std::string_view>, 4> kNames = {
    {{Pooling::kCls, "cls"}, {Pooling::kMean, "mean"}, {Pooling::kMax, "max"}, {Pooling::kLast, "last"}}};

}  // namespace

std::string_view pooling_name(Pooling pooling) {
  for (const auto& [value, name] : kNames) {
    if (value == pooling) return name;
  }
  TORCH_CHECK_VALUE(false, "pooling_name: no pooling has the number ", static_cast<int>(pooling));
}

std::optional<Pooling> parse_pooling(std::string_view name) {
  for (const auto& [value, known] : kNames) {
    if (known == name) return value;
  }
  return std::nullopt;
}

at::Tensor pool(const at::Tensor& states, const at::Tensor& mask, Pooling pooling) {
  check_shape("pool", "states", states, {kAnySize, kAnySize, kAnySize});
  check_shape("pool", "mask", mask, {states.size(0), states.size(1)});
  TORCH_CHECK_VALUE(states.is_floating_point(), "pool: states must be floating point, got ", states.scalar_type());
  TORCH_CHECK_VALUE(mask.scalar_type() == at::kBool, "pool: mask must be bool, got ", mask.scalar_type());
  TORCH_CHECK_VALUE(states.size(1) > 0, "pool: states must have a token at least, got ", shape_text(states));
  if (pooling == Pooling::kCls) return states.select(1, 0).contiguous();
  TORCH_CHECK_VALUE(mask.any(1).all().item<bool>(), "pool: every row of mask must keep a token, and one keeps none");

  if (pooling == Pooling::kLast) {
    const at::Tensor last = (mask * at::arange(mask.size(1), mask.options().dtype(at::kLong))).amax(1);
    return states.gather(1, last.view({-1, 1, 1}).expand({-1, 1, states.size(2)})).squeeze(1);
  }
  const at::Tensor kept = mask.unsqueeze(2);
  if (pooling == Pooling::kMax) {
    return at::where(kept, states, -std::numeric_limits<double>::infinity()).amax(1);
  }
  // The values at padding are undefined, so they are replaced instead of multiplied by zero.
  return at::where(kept, states, 0.0).sum(1) / kept.sum(1);
}

at::Tensor pool_patches(const at::Tensor& states, std::int64_t leading, Pooling pooling) {
  check_shape("pool_patches", "states", states, {kAnySize, kAnySize, kAnySize});
  TORCH_CHECK_VALUE(states.is_floating_point(), "pool_patches: states must be floating point, got ",
                    states.scalar_type());
  TORCH_CHECK_VALUE(leading >= 0 && leading < states.size(1), "pool_patches: needed a patch behind ", leading,
                    " leading tokens, got ", shape_text(states));
  if (pooling == Pooling::kCls) {
    TORCH_CHECK_VALUE(leading > 0, "pool_patches: needed a class token for cls, got none");
    return states.select(1, 0).contiguous();
  }
  const at::Tensor patches = states.narrow(1, leading, states.size(1) - leading);
  return pooling == Pooling::kMax ? patches.amax(1) : patches.mean(1);
}

}  // namespace tandem
