#include "tandem/network/attention.h"

#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <limits>
#include <utility>

#include "tandem/base/shape_check.h"

namespace tandem {

Attention::Attention(Linear query, Linear key, Linear value, Linear output, std::int64_t heads)
    : query_(std::move(query)), key_(std::move(key)), value_(std::move(value)), output_(std::move(output)), heads_(heads) {
  TORCH_CHECK_VALUE(heads > 0, "Attention: heads must be positive, got ", heads);
}

at::Tensor Attention::operator()(const at::Tensor& x, const std::optional<at::Tensor>& bias) const {
  check_shape("Attention", "x", x, {kAnySize, kAnySize, kAnySize});
  const std::int64_t B = x.size(0), T = x.size(1), D = x.size(2);
  const auto split = [&](const at::Tensor& y) { return y.view({B, T, heads_, D / heads_}).transpose(1, 2); };
  const at::Tensor mixed = at::scaled_dot_product_attention(split(query_(x)), split(key_(x)), split(value_(x)), bias);
  return output_(mixed.transpose(1, 2).reshape({B, T, D}));
}

std::optional<at::Tensor> padding_bias(const at::Tensor& mask) {
  check_shape("padding_bias", "mask", mask, {kAnySize, kAnySize});
  if (mask.all().item<bool>()) return std::nullopt;
  // The lowest finite number and not minus infinity: a row without any token then gives no NaN.
  return at::zeros(mask.sizes(), mask.options().dtype(at::kFloat))
      .masked_fill_(mask.logical_not(), std::numeric_limits<float>::lowest())
      .unsqueeze(1)
      .unsqueeze(1);
}

}  // namespace tandem
