#include "tandem/base/paired_products.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

/// A library may multiply few numbers differently from many; products of one shape are computed
/// alike.
constexpr std::int64_t kRowsInProduct = 64;

at::Tensor filled_up(const at::Tensor& rows) {
  if (rows.size(0) == kRowsInProduct) return rows;
  at::Tensor filled = at::zeros({kRowsInProduct, rows.size(1)}, rows.options());
  filled.narrow(0, 0, rows.size(0)).copy_(rows);
  return filled;
}

}  // namespace

at::Tensor paired_products(const at::Tensor& left, const at::Tensor& right) {
  check_shape("paired_products", "left", left, {kAnySize, kAnySize});
  check_shape("paired_products", "right", right, {left.size(0), left.size(1)});
  at::Tensor products = at::empty({left.size(0)}, left.options());
  for (std::int64_t begin = 0; begin < left.size(0); begin += kRowsInProduct) {
    const std::int64_t size = std::min(kRowsInProduct, left.size(0) - begin);
    const at::Tensor all = at::mm(filled_up(left.narrow(0, begin, size)), filled_up(right.narrow(0, begin, size)).t());
    products.narrow(0, begin, size).copy_(all.diagonal().narrow(0, 0, size));
  }
  return products;
}

}  // namespace tandem
