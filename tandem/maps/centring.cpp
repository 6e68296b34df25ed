#include "tandem/maps/centring.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/aminmax.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "tandem/base/vector_clones.h"

namespace tandem {
namespace {

TANDEM_VECTOR_CLONES
void add(const float* row, std::int64_t width, double* sum) {
  for (std::int64_t d = 0; d < width; ++d) sum[d] += row[d];
}

TANDEM_VECTOR_CLONES
void add(const double* row, std::int64_t width, double* sum) {
  for (std::int64_t d = 0; d < width; ++d) sum[d] += row[d];
}

template <typename T>
inline __attribute__((always_inline)) void centre_and_add_any(const T* row, const T* centre, std::int64_t width,
                                                              T* centred, double* sum) {
  for (std::int64_t d = 0; d < width; ++d) {
    const T difference = row[d] - centre[d];
    centred[d] = difference;
    sum[d] += difference;
  }
}

TANDEM_VECTOR_CLONES
void centre_and_add(const float* row, const float* centre, std::int64_t width, float* centred, double* sum) {
  centre_and_add_any(row, centre, width, centred, sum);
}

TANDEM_VECTOR_CLONES
void centre_and_add(const double* row, const double* centre, std::int64_t width, double* centred, double* sum) {
  centre_and_add_any(row, centre, width, centred, sum);
}

template <typename T>
void centre_rows(const at::Tensor& rows, const at::Tensor& centre, at::Tensor& centred, double* sum) {
  const std::int64_t width = rows.size(1);
  const T *value = rows.const_data_ptr<T>(), *middle = centre.const_data_ptr<T>();
  T* to = centred.mutable_data_ptr<T>();
  for (std::int64_t i = 0; i < rows.size(0); ++i) centre_and_add(value + i * width, middle, width, to + i * width, sum);
}

template <typename T>
void add_rows(const at::Tensor& rows, double* sum) {
  const T* value = rows.const_data_ptr<T>();
  for (std::int64_t i = 0; i < rows.size(0); ++i) add(value + i * rows.size(1), rows.size(1), sum);
}

}  // namespace

at::Tensor in_working_precision(const at::Tensor& rows) {
  bool in_float = rows.scalar_type() == at::kFloat;
  if (in_float && rows.numel() > 0) {
    const auto [lowest, highest] = at::aminmax(rows.detach());
    const double largest = std::max(-lowest.item<double>(), highest.item<double>());
    in_float = largest < 1e15 && (largest > 1e-15 || largest == 0);
  }
  return rows.detach().to(in_float ? at::kFloat : at::kDouble).contiguous();
}

at::Tensor column_mean(const at::Tensor& rows) {
  at::Tensor mean = at::zeros({rows.size(1)}, at::kDouble);
  if (rows.scalar_type() == at::kFloat) {
    add_rows<float>(rows, mean.mutable_data_ptr<double>());
  } else {
    add_rows<double>(rows, mean.mutable_data_ptr<double>());
  }
  return mean.div_(static_cast<double>(rows.size(0)));
}

at::Tensor rough_mean(const at::Tensor& rows) {
  constexpr std::int64_t kRows = 1024;
  const std::int64_t step = std::max<std::int64_t>(rows.size(0) / kRows, 1);
  return column_mean(rows.slice(0, 0, rows.size(0), step).contiguous());
}

at::Tensor centre_into(const at::Tensor& rows, const at::Tensor& centre, at::Tensor& centred) {
  at::Tensor sum = at::zeros({rows.size(1)}, at::kDouble);
  if (rows.scalar_type() == at::kFloat) {
    centre_rows<float>(rows, centre, centred, sum.mutable_data_ptr<double>());
  } else {
    centre_rows<double>(rows, centre, centred, sum.mutable_data_ptr<double>());
  }
  return sum;
}

at::Tensor centred_on(const at::Tensor& mean, const at::Tensor& rows) {
  const at::ScalarType type = rows.scalar_type() == at::kFloat ? at::kFloat : at::kDouble;
  return rows.detach().to(type).sub(mean.to(type)).contiguous();
}

}  // namespace tandem
