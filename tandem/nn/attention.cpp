#include "tandem/nn/attention.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "tandem/base/shape_check.h"

namespace tandem {

namespace {

/// softmax(q k^T / sqrt(d) + bias) v, all [B, heads, T, d]. LibTorch's fused kernel is faster on
/// CUDA and in fp32; in bf16 on a CPU it took 1.5 times as long as three separate operators.
at::Tensor attend(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                  const std::optional<at::Tensor>& bias) {
  if (query.scalar_type() == at::kFloat) return at::scaled_dot_product_attention(query, key, value, bias);
  if (query.is_cuda())
    return at::scaled_dot_product_attention(query, key, value,
                                            bias ? std::optional(bias->to(query.scalar_type())) : std::nullopt);
  at::Tensor scores = at::matmul(query / std::sqrt(static_cast<double>(query.size(3))), key.transpose(2, 3));
  if (bias) scores = scores + *bias;  // In fp32 from here on, because the bias is.
  return at::matmul(at::softmax(scores, 3).to(value.scalar_type()), value);
}

}  // namespace

Attention::Attention(Linear query_key_value, Linear output, std::int64_t heads)
    : query_key_value_(std::move(query_key_value)), output_(std::move(output)), heads_(heads) {
  TORCH_CHECK_VALUE(heads > 0, "Attention: heads must be positive, got ", heads);
}

at::Tensor Attention::mix(const at::Tensor& x, const std::optional<at::Tensor>& bias) const {
  check_shape("Attention", "x", x, {kAnySize, kAnySize, kAnySize});
  const std::int64_t B = x.size(0), T = x.size(1), D = x.size(2);
  const std::vector<at::Tensor> parts =
      query_key_value_(x).view({B, T, 3, heads_, D / heads_}).permute({2, 0, 3, 1, 4}).unbind();
  const at::Tensor mixed = attend(parts[0], parts[1], parts[2], bias);
  return mixed.transpose(1, 2).reshape({B, T, D});
}

at::Tensor Attention::operator()(const at::Tensor& x, const std::optional<at::Tensor>& bias) const {
  return output_(mix(x, bias));
}

at::Tensor Attention::plus(const at::Tensor& x, const std::optional<at::Tensor>& bias, const at::Tensor& sum) const {
  return output_.plus(mix(x, bias), sum);
}

std::optional<at::Tensor> padding_bias(const at::Tensor& mask) {
  check_shape("padding_bias", "mask", mask, {kAnySize, kAnySize});
  if (mask.all().item<bool>()) return std::nullopt;
  // The lowest finite number instead of minus infinity, so that a row without any token gives no
  // NaN.
  return at::zeros(mask.sizes(), mask.options().dtype(at::kFloat))
      .masked_fill_(mask.logical_not(), std::numeric_limits<float>::lowest())
      .unsqueeze(1)
      .unsqueeze(1);
}

}  // namespace tandem
