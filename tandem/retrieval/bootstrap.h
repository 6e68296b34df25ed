// How much numbers would vary if other pictures had been drawn: the bootstrap (Efron 1979) by
// picture. All captions of a picture are drawn with it, because their results are correlated.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace tandem {

struct BootstrapOptions {
  std::int64_t samples = 10000;  ///< number of resamples; 0: none, if the caller allows it
  std::uint64_t seed = 1;        ///< the same seed and number of pictures draw the same pictures
  double level = 0.95;           ///< share of resamples within an interval
};

struct Interval {
  double low = 0;
  double high = 0;
};

/// Draws `pictures` times from `pictures` pictures with replacement, options.samples times, in
/// blocks of resamples, on LibTorch's intra-op threads.
///
///   visit(first, counts)  counts [B, pictures] float64: how often each picture was drawn in
///                         resamples first ... first + B - 1;
///                         called from several threads at once
///
/// A resample depends only on the seed and its own number. Throws c10::ValueError if there is no
/// picture or no sample.
void for_each_resample(std::int64_t pictures, const BootstrapOptions& options,
                       const std::function<void(std::int64_t, const at::Tensor&)>& visit);

/// The middle `level` of the draws, with quantiles interpolated linearly as in NumPy. NaN draws are
/// left out; without any other draw both ends are NaN.
Interval percentile_interval(std::vector<double> draws, double level);

/// The two-sided p-value of a difference: twice the smaller of the shares of draws at most 0 and at
/// least 0, and at most 1. Both shares count one draw more than there are, so that p is never 0.
double two_sided_p(const std::vector<double>& differences);

}  // namespace tandem
