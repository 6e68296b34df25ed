#include "tandem/nn/convolution.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randn_like.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>

using namespace tandem;

namespace {

BatchNorm random_norm(std::int64_t out) {
  return {.scale = at::randn({out}),
          .shift = at::randn({out}),
          .mean = at::randn({out}),
          .variance = at::rand({out}) + 0.2,
          .epsilon = 1e-3};
}

/// The definition: padding, then normalization, each on its own.
at::Tensor convolved_by_loops(const at::Tensor& x, const at::Tensor& weight, const BatchNorm& norm,
                              const ConvolutionOptions& options) {
  const std::int64_t B = x.size(0), H = x.size(2), W = x.size(3), out = weight.size(0), in = weight.size(1),
                     k = weight.size(2);
  const auto outputs = [&](std::int64_t size) {
    if (options.padding) return (size + 2 * *options.padding - k) / options.stride + 1;
    return (size + options.stride - 1) / options.stride;
  };
  const auto before = [&](std::int64_t size) {
    if (options.padding) return *options.padding;
    return std::max<std::int64_t>((outputs(size) - 1) * options.stride + k - size, 0) / 2;
  };
  at::Tensor y = at::zeros({B, out, outputs(H), outputs(W)});
  for (std::int64_t b = 0; b < B; ++b) {
    for (std::int64_t o = 0; o < out; ++o) {
      const double scale = norm.scale[o].item<double>() / std::sqrt(norm.variance[o].item<double>() + norm.epsilon);
      for (std::int64_t i = 0; i < y.size(2); ++i) {
        for (std::int64_t j = 0; j < y.size(3); ++j) {
          double sum = 0;
          for (std::int64_t c = 0; c < in; ++c) {
            const std::int64_t channel = o / (out / options.groups) * in + c;
            for (std::int64_t p = 0; p < k; ++p) {
              for (std::int64_t q = 0; q < k; ++q) {
                const std::int64_t row = i * options.stride + p - before(H);
                const std::int64_t column = j * options.stride + q - before(W);
                if (row < 0 || row >= H || column < 0 || column >= W) continue;
                sum += x.accessor<float, 4>()[b][channel][row][column] * weight.accessor<float, 4>()[o][c][p][q];
              }
            }
          }
          double value = (sum - norm.mean[o].item<double>()) * scale + norm.shift[o].item<double>();
          y.accessor<float, 4>()[b][o][i][j] = static_cast<float>(value);
        }
      }
    }
  }
  return y;
}

}  // namespace

TEST_CASE("a convolution with any padding and folded normalization is what its definition says" *
          doctest::test_suite("slow")) {
  struct Case {
    std::int64_t out, in, kernel, stride, groups, height, width;
    std::optional<std::int64_t> padding = std::nullopt;
  };
  for (const Case& c :
       {Case{6, 4, 1, 1, 1, 5, 7}, Case{6, 4, 3, 2, 1, 8, 9}, Case{4, 1, 3, 1, 4, 5, 6}, Case{4, 1, 5, 2, 4, 9, 6},
        Case{4, 1, 5, 2, 4, 2, 1}, Case{6, 2, 3, 2, 2, 7, 8}, Case{5, 3, 1, 2, 1, 5, 4}, Case{6, 4, 3, 2, 1, 8, 9, 1},
        Case{6, 3, 7, 2, 1, 10, 9, 3}, Case{6, 4, 1, 1, 1, 5, 7, 0}, Case{6, 4, 1, 2, 1, 5, 8, 0},
        Case{6, 4, 3, 1, 1, 5, 7, 0}, Case{6, 4, 1, 1, 1, 5, 7, 1}, Case{4, 1, 5, 2, 4, 2, 1, 2}}) {
    const at::Tensor weight = at::randn({c.out, c.in, c.kernel, c.kernel});
    const at::Tensor x = at::randn({2, c.in * c.groups, c.height, c.width});
    const BatchNorm norm = random_norm(c.out);
    const at::Tensor input = x.contiguous(at::MemoryFormat::ChannelsLast);
    for (const char* name : {"", "relu", "relu6", "quick_gelu"}) {
      const Activation activation = *name == '\0' ? Activation{} : activation_named(name);
      const ConvolutionOptions options{
          .stride = c.stride, .groups = c.groups, .padding = c.padding, .activation = activation};
      const at::Tensor convolved = convolved_by_loops(x, weight, norm, options);
      const at::Tensor expected = activation(convolved);
      const at::Tensor sum = at::randn_like(convolved, at::MemoryFormat::ChannelsLast);
      for (const LayerPath path : {LayerPath::kFastest, LayerPath::kPlain}) {
        const Convolution convolution(weight, norm, options, Precision::kFloat32, path);
        ConvolutionOptions adding = options;
        adding.adds = true;
        const Convolution added(weight, norm, adding, Precision::kFloat32, path);
        CAPTURE(c.kernel);
        CAPTURE(c.stride);
        CAPTURE(static_cast<int>(path));
        CHECK(convolution(input).is_contiguous(at::MemoryFormat::ChannelsLast));
        CHECK(at::allclose(convolution(input), expected, 1e-4, 1e-4));
        CHECK(at::allclose(added.plus(input, sum.clone()), activation(convolved + sum), 1e-4, 1e-4));
        CHECK(at::allclose(added.plus(input, sum.contiguous()), activation(convolved + sum), 1e-4, 1e-4));
        const Convolution rounded(weight, norm, options, Precision::kBFloat16, path);
        CHECK(rounded(input).dtype().name() == "c10::BFloat16");
        CHECK(at::allclose(rounded(input).to(at::kFloat), expected, 0.03, 0.03 * convolved.abs().max().item<double>()));
      }
    }
  }
}

TEST_CASE("a convolution refuses statistics of another width") {
  CHECK_THROWS_WITH_AS(Convolution(at::randn({4, 2, 3, 3}), random_norm(5), {}),
                       doctest::Contains("Convolution: scale must be [4], got [5]"), c10::ValueError);
}
