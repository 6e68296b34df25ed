// Matrix products and convolutions with weights that oneDNN has laid out once. LibTorch registers
// these operators for its own compiler (torch/_inductor) and promises nothing about them. Only this
// file uses them, and it finds them by name. If one is missing or has another signature,
// is_available() is false and callers take the plain path.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>
#include "tandem/nn/precision.h"

namespace tandem::onednn {

bool is_available();

/// Whether weights of the precision can be packed. oneDNN packs bf16 only for processors that
/// multiply bf16, and never packs fp16; LibTorch's own operators then do the work, slowly.
bool packs(Precision precision);

inline constexpr std::string_view kNone = "none";

/// A function applied to a product while it is still in the registers.
struct Fused {
  std::string_view name = kNone;        ///< "none", "relu", "gelu", "swish", "hardtanh"
  std::string_view algorithm = "none";  ///< of gelu: "none" (erf) or "tanh"
  std::vector<double> scalars;          ///< of hardtanh: the lower and the upper bound
};

/// The weight [out, in], float32 or bfloat16, in the layout that linear() needs.
at::Tensor pack_linear(const at::Tensor& weight);

/// x W^T + bias, then `fused`; returns [..., out].
///
///   x       [..., in]  of the weight's type
///   packed  from pack_linear
///   bias    [out]      of the same type
at::Tensor linear(const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias, const Fused& fused = {});

/// linear() with `sum` [..., out] added before the result is rounded.
at::Tensor linear_plus(const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias, const at::Tensor& sum);

struct ConvolutionSteps {
  std::int64_t stride = 1;
  std::int64_t padding_rows = 0;
  std::int64_t padding_columns = 0;
  std::int64_t groups = 1;
};

/// The weight [out, in / groups, k, k] in the layout that convolution() needs for inputs of one
/// size. With inputs of another size the result is the same, but may take ten times as long.
///
///   sizes  of the input, [B, in, H, W]
at::Tensor pack_convolution(const at::Tensor& weight, const ConvolutionSteps& steps, at::IntArrayRef sizes);

///   x       [B, in, H, W]  channels last in memory
///   packed  from pack_convolution with the same steps
at::Tensor convolution(const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias,
                       const ConvolutionSteps& steps, const Fused& fused = {});

/// sum = fused(sum + convolution(x)). `fused` must be "none" or "relu".
///
///   sum  of the result's shape, channels last in memory
void add_convolution(at::Tensor& sum, const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias,
                     const ConvolutionSteps& steps, const Fused& fused = {});

}  // namespace tandem::onednn
