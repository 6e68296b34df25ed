// The random tensors of row_chance.h by LibTorch's operators: for devices other than the CPU, and
// the slow twin of the loops over row_bits.h.
#pragma once

#include "tandem/heads/row_chance.h"

namespace tandem::chance_operators {

/// The functions of the same names in row_chance.h.
at::Tensor normal_noise(std::int64_t rows, std::int64_t columns, double deviation, const RowChance& chance,
                        c10::Device device);
at::Tensor dropout_factor(std::int64_t rows, std::int64_t columns, double share, const RowChance& chance,
                          c10::Device device);

}  // namespace tandem::chance_operators
