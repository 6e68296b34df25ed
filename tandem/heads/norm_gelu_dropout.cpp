#include "tandem/heads/norm_gelu_dropout.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/base/vector_clones.h"
#include "tandem/heads/row_bits.h"

namespace tandem {
namespace {

constexpr std::int64_t kBlockRows =
    64;  ///< whose gradients of weight and bias are summed together, whatever the number of threads

struct Gelu {
  float share;    ///< Phi(z)
  float density;  ///< phi(z)
};

/// The normal distribution's function and density. Abramowitz & Stegun 7.1.26 needs exp(-z^2 / 2)
/// anyway.
inline Gelu gelu_parts(float z) {
  const float e = exp_of_negative(std::max(-0.5F * z * z, -80.0F));
  const float t = 1 / (1 + 0.3275911F * 0.70710678F * std::fabs(z));
  const float tail =
      0.5F * e * t * (0.254829592F + t * (-0.284496736F + t * (1.421413741F + t * (-1.453152027F + t * 1.061405429F))));
  return {z < 0 ? tail : 1 - tail, 0.39894228F * e};
}

/// The stored values of a row: its mean and the inverse of its deviation.
struct RowMoments {
  float mean, inverse;
};

struct Dropping {
  std::int32_t limit;
  float factor;
};

inline float kept(std::uint64_t key, std::int64_t column, Dropping dropping) {
  return static_cast<std::int32_t>(row_bits(key, static_cast<std::uint32_t>(column)) >> 1) < dropping.limit
             ? 0
             : dropping.factor;
}

TANDEM_VECTOR_CLONES RowMoments forward_row(float* out, const float* x, const float* weight, const float* bias,
                                            std::int64_t H, std::uint64_t key, Dropping dropping) {
  float sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < H; ++i) sum += x[i];
  const float mean = sum / static_cast<float>(H);
#pragma omp simd reduction(+ : squares)
  for (std::int64_t i = 0; i < H; ++i) squares += (x[i] - mean) * (x[i] - mean);
  const float inverse = 1 / std::sqrt(squares / static_cast<float>(H) + static_cast<float>(kLayerNormEpsilon));
#pragma omp simd
  for (std::int64_t i = 0; i < H; ++i) {
    const float z = (x[i] - mean) * inverse * weight[i] + bias[i];
    out[i] = z * gelu_parts(z).share * kept(key, i, dropping);
  }
  return {mean, inverse};
}

/// `normal` is scratch memory for one row. Adds to the gradients of weight and bias.
TANDEM_VECTOR_CLONES void backward_row(float* x_gradient, float* weight_gradient, float* bias_gradient, float* normal,
                                       const float* gradient, const float* x, const float* weight, const float* bias,
                                       RowMoments moments, std::int64_t H, std::uint64_t key, Dropping dropping) {
  float sum = 0, along = 0;  // of the gradient with respect to the normalised row, and of its product with that row
#pragma omp simd reduction(+ : sum, along)
  for (std::int64_t i = 0; i < H; ++i) {
    const float n = (x[i] - moments.mean) * moments.inverse;
    const float z = n * weight[i] + bias[i];
    const Gelu parts = gelu_parts(z);
    const float dz = gradient[i] * kept(key, i, dropping) * (parts.share + z * parts.density);
    weight_gradient[i] += dz * n;
    bias_gradient[i] += dz;
    const float dn = dz * weight[i];
    normal[i] = n;
    x_gradient[i] = dn;
    sum += dn;
    along += dn * n;
  }
  const float mean = sum / static_cast<float>(H);
  const float slope = along / static_cast<float>(H);
#pragma omp simd
  for (std::int64_t i = 0; i < H; ++i) x_gradient[i] = moments.inverse * (x_gradient[i] - mean - normal[i] * slope);
}

class NormGeluDropout : public torch::autograd::Function<NormGeluDropout> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias, double share, std::int64_t seed, std::int64_t first_row) {
    const std::int64_t B = x.size(0), H = x.size(1);
    at::Tensor out = at::empty_like(x);
    at::Tensor moments = at::empty({B, 2});
    const float *in = x.const_data_ptr<float>(), *w = weight.const_data_ptr<float>(), *b = bias.const_data_ptr<float>();
    float* to = out.data_ptr<float>();
    auto* kept_moments = reinterpret_cast<RowMoments*>(moments.data_ptr<float>());
    const Dropping dropping = dropping_of(share);
    const RowChance chance{.seed = static_cast<std::uint64_t>(seed), .first_row = first_row};
    at::parallel_for(0, B, 16, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row)
        kept_moments[row] = forward_row(to + row * H, in + row * H, w, b, H, chance.key(row), dropping);
    });
    context->save_for_backward({x, weight, bias, moments});
    context->saved_data["share"] = share;
    context->saved_data["seed"] = seed;
    context->saved_data["first_row"] = first_row;
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1], &bias = saved[2], &moments = saved[3];
    const std::int64_t B = x.size(0), H = x.size(1), blocks = (B + kBlockRows - 1) / kBlockRows;
    const at::Tensor gradient = gradients[0].contiguous();
    at::Tensor x_gradient = at::empty_like(x);
    at::Tensor parts = at::zeros({2, blocks, H});
    const Dropping dropping = dropping_of(context->saved_data["share"].toDouble());
    const RowChance chance{.seed = static_cast<std::uint64_t>(context->saved_data["seed"].toInt()),
                           .first_row = context->saved_data["first_row"].toInt()};
    const float *g = gradient.const_data_ptr<float>(), *in = x.const_data_ptr<float>(),
                *w = weight.const_data_ptr<float>(), *b = bias.const_data_ptr<float>();
    const auto* kept_moments = reinterpret_cast<const RowMoments*>(moments.const_data_ptr<float>());
    float *to = x_gradient.data_ptr<float>(), *weight_parts = parts.data_ptr<float>(),
          *bias_parts = weight_parts + blocks * H;
    at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
      std::vector<float> normal(H);
      for (std::int64_t block = begin; block < end; ++block) {
        for (std::int64_t row = block * kBlockRows; row < std::min(B, (block + 1) * kBlockRows); ++row) {
          backward_row(to + row * H, weight_parts + block * H, bias_parts + block * H, normal.data(), g + row * H,
                       in + row * H, w, b, kept_moments[row], H, chance.key(row), dropping);
        }
      }
    });
    const at::Tensor none, sums = parts.sum(1);
    return {x_gradient, sums[0], sums[1], none, none, none};
  }

 private:
  static Dropping dropping_of(double share) {
    return {.limit = dropout_limit(share), .factor = static_cast<float>(1 / (1 - share))};
  }
};

}  // namespace

at::Tensor norm_gelu_dropout(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double share,
                             const RowChance& chance) {
  check_shape("norm_gelu_dropout", "x", x, {kAnySize, kAnySize});
  check_shape("norm_gelu_dropout", "weight", weight, {x.size(1)});
  check_shape("norm_gelu_dropout", "bias", bias, {x.size(1)});
  TORCH_CHECK_VALUE(x.scalar_type() == at::kFloat, "norm_gelu_dropout: x must be float32, got ", x.scalar_type());
  TORCH_CHECK_VALUE(share >= 0 && share < 1, "norm_gelu_dropout: share must be in [0, 1), got ", share);
  if (!x.is_cpu()) {
    const at::Tensor active = at::gelu(at::layer_norm(x, {x.size(1)}, weight, bias, kLayerNormEpsilon));
    return share > 0 ? active * dropout_factor(x.size(0), x.size(1), share, chance, x.device()) : active;
  }
  return NormGeluDropout::apply(x.contiguous(), weight, bias, share, static_cast<std::int64_t>(chance.seed),
                                chance.first_row);
}

}  // namespace tandem
