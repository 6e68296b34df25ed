// How far numbers would move if other pictures had been drawn: the bootstrap (Efron 1979) by
// picture, all captions of a picture going with it, because captions of one picture rise and fall
// together.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace tandem {

struct BootstrapOptions {
  std::int64_t samples = 10000;  ///< resamples; 0: none, where the caller allows it
  std::uint64_t seed = 1;        ///< the same seed and number of pictures draw the same pictures
  double level = 0.95;           ///< share of resamples within an interval
};

struct Interval {
  double low = 0;
  double high = 0;
};

/// Draws `pictures` of `pictures` with replacement, options.samples times, in blocks of resamples,
/// on LibTorch's intra-op threads.
///
///   visit(first, counts)  counts [B, pictures] float64: how often each picture was drawn in
///                         resamples first ... first + B - 1;
///                         called from several threads at once
///
/// A resample depends on the seed and its own number alone. Throws c10::ValueError if there is no
/// picture or no sample.
void for_each_resample(std::int64_t pictures, const BootstrapOptions& options,
                       const std::function<void(std::int64_t, const at::Tensor&)>& visit);

/// The middle `level` of the draws, quantiles interpolated linearly as NumPy does; draws that are
/// not numbers are left out, and without any draw the ends are NaN.
Interval percentile_interval(std::vector<double> draws, double level);

/// How likely a difference at least this far from none is if there is none: twice the smaller share
/// of draws on one side of zero, which stands on both, counting one draw more than there are so
/// that it is never 0.
double two_sided_p(const std::vector<double>& differences);

}  // namespace tandem
