// Random tensors for training. Each row depends only on a seed and on the row's number, not on the
// chunk, thread or process that computes it, or on earlier draws. Counter-based, as in Salmon et
// al. 2011 ("Parallel random numbers: as easy as 1, 2, 3", SC11): there is no state, so nothing has
// to be saved to continue a run.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>

namespace tandem {

/// A different seed for each (seed, stream, number): the finaliser of SplitMix64 (Steele et al.
/// 2014, OOPSLA) over all three.
std::uint64_t mixed_seed(std::uint64_t seed, std::uint64_t stream, std::uint64_t number = 0);

/// The source of randomness for a pass over rows.
struct RowChance {
  std::uint64_t seed = 0;
  std::int64_t first_row = 0;  ///< number, in the whole batch, of the first row of this pass

  /// The key for the random bits of the row `row` places after the first.
  std::uint64_t key(std::int64_t row) const { return mixed_seed(seed, static_cast<std::uint64_t>(first_row + row)); }

  /// The same rows at another place in the network.
  RowChance at(std::uint64_t site) const { return {.seed = mixed_seed(seed, site), .first_row = first_row}; }
};

/// [rows, columns] float32 from the normal distribution with mean 0 and the given deviation (Box &
/// Muller 1958, with 24 bits). On every device the bits are the same, and the numbers to 1e-5.
at::Tensor normal_noise(std::int64_t rows, std::int64_t columns, double deviation, const RowChance& chance,
                        c10::Device device = c10::kCPU);

/// [rows, columns] float32, each value 0 with probability `share` and 1 / (1 - share) otherwise:
/// inverted dropout (Srivastava et al. 2014, JMLR 15, section 10) as a factor. 0 <= share < 1. The
/// same on every device.
at::Tensor dropout_factor(std::int64_t rows, std::int64_t columns, double share, const RowChance& chance,
                          c10::Device device = c10::kCPU);

}  // namespace tandem
