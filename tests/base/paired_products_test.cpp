#include "tandem/base/paired_products.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/randn.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

using namespace tandem;

namespace {

at::Tensor normal_rows(std::int64_t rows, std::int64_t width, std::uint64_t seed) {
  const at::Tensor x = at::randn({rows, width}, at::detail::createCPUGenerator(seed));
  return x / x.norm(2, {1}, true);
}

}  // namespace

TEST_CASE("paired products equal their definition for rows that fill no tile and rows that fill several") {
  for (const std::int64_t rows : {1, 63, 64, 200}) {
    const at::Tensor left = normal_rows(rows, 20, 1);
    const at::Tensor right = normal_rows(rows, 20, 2);
    CHECK((paired_products(left, right) - (left * right).sum(1)).abs().max().item<double>() < 1e-6);
  }
  CHECK(paired_products(normal_rows(5, 3, 1).narrow(0, 0, 0), normal_rows(5, 3, 1).narrow(0, 0, 0)).numel() == 0);
}

TEST_CASE("paired products are rounded as a matrix of similarities is, whatever float32 is multiplied in") {
  for (const char* precision : {"highest", "high", "medium"}) {
    at::globalContext().setFloat32MatmulPrecision(precision);
    const at::Tensor left = normal_rows(300, 512, 1);
    const at::Tensor right = (left + 0.01 * normal_rows(300, 512, 2));
    const at::Tensor off = paired_products(left, right) - at::mm(left, right.t()).diagonal();
    at::globalContext().setFloat32MatmulPrecision("highest");
    CAPTURE(precision);
    CHECK(off.abs().max().item<double>() < 1e-6);
  }
}

TEST_CASE("paired products of rows that are no pairs are refused") {
  CHECK_THROWS_WITH_AS(paired_products(normal_rows(4, 3, 1), normal_rows(5, 3, 1)),
                       doctest::Contains("right must be [4, 3], got [5, 3]"), c10::ValueError);
}
