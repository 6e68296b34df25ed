#include "tandem/heads/chance_operators.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/log.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/stack.h>

#include "tandem/heads/row_bits.h"

namespace tandem::chance_operators {
namespace {

constexpr std::int64_t kLow32 = 0xffffffff;
constexpr double kPi = 3.14159265358979323846;

/// [2, rows, 1] int64: the low and the high halves of the rows' keys.
at::Tensor halves_of_keys(std::int64_t rows, const RowChance& chance, c10::Device device) {
  at::Tensor halves = at::empty({2, rows, 1}, at::kLong);
  auto* low = halves.mutable_data_ptr<std::int64_t>();
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::uint64_t key = chance.key(row);
    low[row] = static_cast<std::int64_t>(key & kLow32);
    low[rows + row] = static_cast<std::int64_t>(key >> 32);
  }
  return halves.to(device);
}

/// row_bits() of every row and column, [rows, columns] int64 in [0, 2^32). Products wrap around;
/// their low 32 bits are right.
at::Tensor bits(std::int64_t rows, std::int64_t columns, const RowChance& chance, c10::Device device) {
  const at::Tensor keys = halves_of_keys(rows, chance, device);
  at::Tensor x = (at::arange(columns, at::TensorOptions(device).dtype(at::kLong)) + keys[0]).bitwise_and_(kLow32);
  const auto fold = [&](int shift) { x.bitwise_xor_(x.bitwise_right_shift(shift)); };
  const auto times = [&](std::int64_t factor) { x.mul_(factor).bitwise_and_(kLow32); };
  fold(17);
  times(0xed5ad4bb);
  fold(11);
  x.bitwise_xor_(keys[1]);
  times(0xac4c1b51);
  fold(15);
  times(0x31848bab);
  fold(14);
  return x;
}

}  // namespace

at::Tensor normal_noise(std::int64_t rows, std::int64_t columns, double deviation, const RowChance& chance,
                        c10::Device device) {
  const std::int64_t blocks = (columns + 2 * kPairedColumns - 1) / (2 * kPairedColumns);
  const at::Tensor pairs =
      bits(rows, blocks * 2 * kPairedColumns, chance, device).view({rows, blocks, 2, kPairedColumns});
  const at::Tensor radius =
      at::sqrt(at::log((pairs.select(2, 0).bitwise_right_shift(8) + 1).to(at::kFloat) * 0x1p-24).mul_(-2))
          .mul_(deviation);
  const at::Tensor turn = pairs.select(2, 1);
  const at::Tensor angle = (turn - turn.bitwise_right_shift(31) * (kLow32 + 1))
                               .to(at::kFloat)
                               .mul_(0x1p-31 * kPi);  // of 32 bits with a sign
  return at::stack({radius * at::sin(angle), radius * at::cos(angle)}, 2)
      .view({rows, -1})
      .narrow(1, 0, columns)
      .contiguous();
}

at::Tensor dropout_factor(std::int64_t rows, std::int64_t columns, double share, const RowChance& chance,
                          c10::Device device) {
  const at::Tensor stays =
      bits(rows, columns, chance, device).bitwise_right_shift(1) >= static_cast<std::int64_t>(dropout_limit(share));
  return stays.to(at::kFloat).mul_(1 / (1 - share));
}

}  // namespace tandem::chance_operators
