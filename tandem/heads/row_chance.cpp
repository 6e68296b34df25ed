#include "tandem/heads/row_chance.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>

#include "tandem/base/vector_clones.h"
#include "tandem/heads/chance_operators.h"
#include "tandem/heads/row_bits.h"

namespace tandem {
namespace {

TANDEM_VECTOR_CLONES void normal_row(float* values, std::int64_t columns, std::uint64_t key, float deviation) {
  float block[2 * kPairedColumns];
  for (std::int64_t begin = 0; begin < columns; begin += 2 * kPairedColumns) {
    normal_block(block, key, static_cast<std::uint32_t>(begin), deviation);
    std::copy_n(block, std::min(2 * kPairedColumns, columns - begin), values + begin);
  }
}

TANDEM_VECTOR_CLONES void dropout_row(float* values, std::int64_t columns, std::uint64_t key, std::int32_t limit,
                                      float factor) {
  for (std::int64_t i = 0; i < columns; ++i) {
    const auto drawn = static_cast<std::int32_t>(row_bits(key, static_cast<std::uint32_t>(i)) >> 1);
    values[i] = drawn < limit ? 0 : factor;
  }
}

template <typename Fill>
at::Tensor filled_by_row(std::int64_t rows, std::int64_t columns, const RowChance& chance, const Fill& fill) {
  at::Tensor values = at::empty({rows, columns}, at::kFloat);
  float* out = values.data_ptr<float>();
  at::parallel_for(0, rows, 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) fill(out + row * columns, chance.key(row));
  });
  return values;
}

}  // namespace

std::uint64_t mixed_seed(std::uint64_t seed, std::uint64_t stream, std::uint64_t number) {
  std::uint64_t z = seed;
  for (const std::uint64_t field : {stream, number}) {
    z += 0x9e3779b97f4a7c15U * (field + 1);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    z ^= z >> 31;
  }
  return z;
}

at::Tensor normal_noise(std::int64_t rows, std::int64_t columns, double deviation, const RowChance& chance,
                        c10::Device device) {
  if (!device.is_cpu()) return chance_operators::normal_noise(rows, columns, deviation, chance, device);
  return filled_by_row(rows, columns, chance, [&](float* row, std::uint64_t key) {
    normal_row(row, columns, key, static_cast<float>(deviation));
  });
}

at::Tensor dropout_factor(std::int64_t rows, std::int64_t columns, double share, const RowChance& chance,
                          c10::Device device) {
  if (!device.is_cpu()) return chance_operators::dropout_factor(rows, columns, share, chance, device);
  const std::int32_t limit = dropout_limit(share);
  const auto factor = static_cast<float>(1 / (1 - share));
  return filled_by_row(rows, columns, chance,
                       [&](float* row, std::uint64_t key) { dropout_row(row, columns, key, limit, factor); });
}

}  // namespace tandem
