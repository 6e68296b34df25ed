#include "tandem/retrieval/bootstrap.h"

#include <ATen/Parallel.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tandem/base/worker_batches.h"

namespace tandem {
namespace {

constexpr std::int64_t kBlock = 32;

/// Steele, Lea & Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014: one chain of
/// multiplications per number. Any seed starts a good stream, so that every resample has its own.
class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

/// 32 bits scaled to [0, pictures): the bias is below pictures / 2^32.
void draw(std::uint64_t seed, std::int64_t pictures, double* counts) {
  SplitMix random(seed);
  const auto scale = static_cast<std::uint64_t>(pictures);
  for (std::int64_t i = 0; i + 1 < pictures; i += 2) {
    const std::uint64_t bits = random.next();
    counts[((bits >> 32) * scale) >> 32] += 1;
    counts[((bits & 0xFFFFFFFFULL) * scale) >> 32] += 1;
  }
  if (pictures % 2 == 1) counts[((random.next() >> 32) * scale) >> 32] += 1;
}

double quantile(const std::vector<double>& sorted, double at) {
  const double place = at * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

void for_each_resample(std::int64_t pictures, const BootstrapOptions& options,
                       const std::function<void(std::int64_t, const at::Tensor&)>& visit) {
  TORCH_CHECK_VALUE(pictures > 0 && pictures < (std::int64_t{1} << 31) && options.samples > 0,
                    "for_each_resample: 1 to 2^31 pictures and at least one sample were needed, got ", pictures,
                    " and ", options.samples);
  const std::int64_t blocks = (options.samples + kBlock - 1) / kBlock;
  for_each_batch(blocks, at::get_num_threads(), [&](std::int64_t block) {
    const std::int64_t first = block * kBlock;
    const std::int64_t size = std::min(kBlock, options.samples - first);
    const at::Tensor counts = at::zeros({size, pictures}, at::kDouble);
    for (std::int64_t b = 0; b < size; ++b) {
      // The stream's own first number separates neighbouring seeds.
      const std::uint64_t stream = SplitMix(options.seed).next() + static_cast<std::uint64_t>(first + b);
      draw(SplitMix(stream).next(), pictures, counts.data_ptr<double>() + b * pictures);
    }
    visit(first, counts);
  });
}

Interval percentile_interval(std::vector<double> draws, double level) {
  std::erase_if(draws, [](double value) { return std::isnan(value); });
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (draws.empty()) return {.low = kNone, .high = kNone};
  std::sort(draws.begin(), draws.end());
  return {.low = quantile(draws, (1 - level) / 2), .high = quantile(draws, (1 + level) / 2)};
}

double two_sided_p(const std::vector<double>& differences) {
  const auto at_most = std::count_if(differences.begin(), differences.end(), [](double d) { return d <= 0; });
  const auto at_least = std::count_if(differences.begin(), differences.end(), [](double d) { return d >= 0; });
  const double share =
      static_cast<double>(1 + std::min(at_most, at_least)) / static_cast<double>(1 + differences.size());
  return std::min(1.0, 2 * share);
}

}  // namespace tandem
