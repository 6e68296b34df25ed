#include "tandem/index/int8_products.h"

#include <doctest/doctest.h>

#include <random>

#include "tandem/index/quantised_rows.h"

using namespace tandem;

namespace {

struct Codes {
  std::vector<std::uint8_t> blocks;
  std::vector<std::int8_t> queries;
};

Codes random_codes(std::int64_t blocks, std::int64_t width, std::int64_t queries, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> code(-127, 127);
  Codes codes;
  for (std::int64_t i = 0; i < blocks * width * 16; ++i)
    codes.blocks.push_back(static_cast<std::uint8_t>(code(random) + 128));
  for (std::int64_t i = 0; i < queries * width; ++i) codes.queries.push_back(static_cast<std::int8_t>(code(random)));
  return codes;
}

}  // namespace

TEST_CASE("every kernel of this processor computes the products that their definition says") {
  for (const std::int64_t width : {64, 128, 448}) {
    for (const std::int64_t queries : {1, 3, 4, 7, 16, 33, 64, 69}) {
      const std::int64_t blocks = 3;
      const Codes codes = random_codes(blocks, width, queries, static_cast<unsigned>(width + queries));
      for (const Int8Kernel kernel : usable_int8_kernels()) {
        CAPTURE(static_cast<int>(kernel));
        CAPTURE(queries);
        const std::int64_t stride = 16 * blocks + 5;
        std::vector<std::int32_t> products(queries * stride, 77);
        int8_products(kernel, codes.blocks.data(), blocks, width, codes.queries.data(), queries, products.data(),
                      stride);
        std::int64_t wrong = 0;
        for (std::int64_t q = 0; q < queries; ++q) {
          for (std::int64_t row = 0; row < 16 * blocks; ++row) {
            std::int64_t sum = 0;
            for (std::int64_t d = 0; d < width; ++d) {
              const std::int64_t at = row / 16 * width * 16 + (d / 4 * 16 + row % 16) * 4 + d % 4;
              sum += (static_cast<std::int64_t>(codes.blocks[at]) - 128) * codes.queries[q * width + d];
            }
            wrong += products[q * stride + row] != sum ? 1 : 0;
          }
          for (std::int64_t row = 16 * blocks; row < stride; ++row) wrong += products[q * stride + row] != 77 ? 1 : 0;
        }
        CHECK(wrong == 0);
      }
    }
  }
}

TEST_CASE("the largest codes do not overflow") {
  const std::int64_t width = kWidestRow;
  const std::vector<std::uint8_t> blocks(width * 16, 255);
  const std::vector<std::int8_t> queries(width, -127);
  for (const Int8Kernel kernel : usable_int8_kernels()) {
    std::vector<std::int32_t> products(16);
    int8_products(kernel, blocks.data(), 1, width, queries.data(), 1, products.data(), 16);
    CHECK(products[0] == -127 * 127 * width);
    CHECK(products[15] == -127 * 127 * width);
  }
}

TEST_CASE("the plain kernel is always there, and the best one is usable") {
  CHECK(usable_int8_kernels().front() == Int8Kernel::kPlain);
  for (const std::int64_t queries : {1, 64}) {
    const auto& usable = usable_int8_kernels();
    CHECK(std::find(usable.begin(), usable.end(), best_int8_kernel(queries)) != usable.end());
  }
}
