#include "tandem/projection/row_distance.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

#include <vector>

#include "tandem/base/vector_clones.h"

namespace tandem {

TANDEM_VECTOR_CLONES
float squared_distance(const float* a, const float* b, std::int64_t width) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t d = 0; d < width; ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
  return sum;
}

at::Tensor squared_lengths(const at::Tensor& rows) {
  const std::int64_t count = rows.size(0), width = rows.size(1);
  at::Tensor lengths = at::empty({count}, rows.options());
  const float* value = rows.const_data_ptr<float>();
  const std::vector<float> origin(static_cast<std::size_t>(width), 0.0F);
  float* length = lengths.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < count; ++i) length[i] = squared_distance(value + i * width, origin.data(), width);
  return lengths;
}

at::Tensor scaled_for_distances(const at::Tensor& rows) {
  at::Tensor values = rows.detach().to(at::kDouble);
  const double largest = values.numel() > 0 ? values.abs().max().item<double>() : 0.0;
  if (largest > 0) values = values / largest;
  values = values - values[0];
  const double spread = values.numel() > 0 ? values.abs().max().item<double>() : 0.0;
  return (spread > 0 ? values / spread : values).to(at::kFloat).contiguous();
}

}  // namespace tandem
