#include "tandem/heads/training_input.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/reciprocal.h>

#include <algorithm>

#include "tandem/base/shape_check.h"
#include "tandem/base/vector_clones.h"
#include "tandem/heads/row_bits.h"

namespace tandem {
namespace {

TANDEM_VECTOR_CLONES void noisy_row(float* out, const float* in, const float* mean, const float* inverse,
                                    std::int64_t columns, std::uint64_t key, float noise) {
  float block[2 * kPairedColumns];
  for (std::int64_t begin = 0; begin < columns; begin += 2 * kPairedColumns) {
    normal_block(block, key, static_cast<std::uint32_t>(begin), noise);
    const std::int64_t end = std::min(columns, begin + 2 * kPairedColumns);
    for (std::int64_t i = begin; i < end; ++i) out[i] = (in[i] - mean[i]) * inverse[i] + block[i - begin];
  }
}

}  // namespace

at::Tensor noisy_standardised(const at::Tensor& features, const at::Tensor& mean, const at::Tensor& deviation,
                              double noise, const RowChance& chance) {
  const std::int64_t B = features.size(0), F = features.size(1);
  check_shape("noisy_standardised", "mean", mean, {F});
  check_shape("noisy_standardised", "deviation", deviation, {F});
  if (!features.is_cpu())
    return ((features - mean) / deviation).add_(normal_noise(B, F, noise, chance, features.device()));
  const at::Tensor dense = features.contiguous();
  const at::Tensor inverse = at::reciprocal(deviation);
  const at::Tensor centre = mean.contiguous();
  at::Tensor result = at::empty({B, F});
  float* out = result.data_ptr<float>();
  const float *in = dense.const_data_ptr<float>(), *means = centre.const_data_ptr<float>(),
              *inverses = inverse.const_data_ptr<float>();
  at::parallel_for(0, B, 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      noisy_row(out + row * F, in + row * F, means, inverses, F, chance.key(row), static_cast<float>(noise));
    }
  });
  return result;
}

}  // namespace tandem
