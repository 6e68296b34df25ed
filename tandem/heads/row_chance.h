// Random tensors for training whose every row depends on a seed and on the row's number alone: not
// on the chunk it is computed in, the thread, the process, or what was drawn before. Counter-based,
// as Salmon et al. 2011 ("Parallel random numbers: as easy as 1, 2, 3", SC11): nothing is
// remembered, so nothing need be saved to go on.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>

namespace tandem {

/// A seed of its own for each (seed, stream, number): the finaliser of SplitMix64 (Steele et al.
/// 2014, OOPSLA) over all three.
std::uint64_t mixed_seed(std::uint64_t seed, std::uint64_t stream, std::uint64_t number = 0);

/// Where a pass over rows takes its chance from.
struct RowChance {
  std::uint64_t seed = 0;
  std::int64_t first_row = 0;  ///< number, in the whole batch, of the first row at hand

  /// What the bits of the row `row` places after the first are drawn with.
  std::uint64_t key(std::int64_t row) const { return mixed_seed(seed, static_cast<std::uint64_t>(first_row + row)); }

  /// The same rows, another place in the network.
  RowChance at(std::uint64_t site) const { return {.seed = mixed_seed(seed, site), .first_row = first_row}; }
};

/// [rows, columns] float32 from the normal distribution of mean 0 and the given deviation (Box &
/// Muller 1958, on 24 bits). Another device draws the same bits, and the same numbers to 1e-5.
at::Tensor normal_noise(std::int64_t rows, std::int64_t columns, double deviation, const RowChance& chance,
                        c10::Device device = c10::kCPU);

/// [rows, columns] float32, each value 0 with probability `share` and 1 / (1 - share) otherwise:
/// inverted dropout (Srivastava et al. 2014, JMLR 15, section 10) as a factor. 0 <= share < 1. The
/// same on every device.
at::Tensor dropout_factor(std::int64_t rows, std::int64_t columns, double share, const RowChance& chance,
                          c10::Device device = c10::kCPU);

}  // namespace tandem
