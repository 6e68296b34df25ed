#include "tandem/maps/row_distance.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/aminmax.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "tandem/base/vector_clones.h"

namespace tandem {
namespace {

// In double, one row at a time: fp32 would lose the differences of rows that are far from the
// origin.

template <typename T>
double largest_difference(const T* row, const T* first, double scale, std::int64_t width) {
  double largest = 0;
#pragma omp simd reduction(max : largest)
  for (std::int64_t d = 0; d < width; ++d) largest = std::max(largest, std::abs(row[d] / scale - first[d] / scale));
  return largest;
}

template <typename T>
void scale_difference(const T* row, const T* first, double scale, double spread, std::int64_t width, float* result) {
  for (std::int64_t d = 0; d < width; ++d) result[d] = static_cast<float>((row[d] / scale - first[d] / scale) / spread);
}

/// Rows minus the first row, divided by the largest value of that; `largest` is the largest value
/// in the original rows.
template <typename T>
at::Tensor scaled(const at::Tensor& rows, double largest) {
  const std::int64_t count = rows.size(0);
  const std::int64_t width = rows.size(1);
  const T* value = rows.const_data_ptr<T>();
  const double scale = largest > 0 ? largest : 1;
  double spread = 0;
  for (std::int64_t i = 0; i < count; ++i)
    spread = std::max(spread, largest_difference(value + i * width, value, scale, width));
  at::Tensor result = at::empty({count, width}, rows.options().dtype(at::kFloat));
  float* to = result.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < count; ++i)
    scale_difference(value + i * width, value, scale, spread > 0 ? spread : 1, width, to + i * width);
  return result;
}

}  // namespace

TANDEM_VECTOR_CLONES
float squared_distance(const float* a, const float* b, std::int64_t width) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t d = 0; d < width; ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
  return sum;
}

at::Tensor squared_lengths(const at::Tensor& rows) {
  const std::int64_t count = rows.size(0);
  const std::int64_t width = rows.size(1);
  at::Tensor lengths = at::empty({count}, rows.options());
  const float* value = rows.const_data_ptr<float>();
  const std::vector<float> origin(static_cast<std::size_t>(width), 0.0F);
  float* length = lengths.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < count; ++i) length[i] = squared_distance(value + i * width, origin.data(), width);
  return lengths;
}

at::Tensor scaled_for_distances(const at::Tensor& rows) {
  if (rows.numel() == 0) return rows.detach().to(at::kFloat);
  const auto [lowest, highest] = at::aminmax(rows.detach());
  const double largest = std::max(-lowest.item<double>(), highest.item<double>());
  return rows.scalar_type() == at::kDouble ? scaled<double>(rows.detach().contiguous(), largest)
                                           : scaled<float>(rows.detach().to(at::kFloat).contiguous(), largest);
}

}  // namespace tandem
