#include "tandem/index/quantised_rows.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/base/worker_batches.h"

namespace tandem {
namespace {

constexpr float kLargestCode = 127;
constexpr int kUnsigned = 128;  // What is added to a code to store it without a sign.

/// A float32 that is at least `value`.
float rounded_up(double value) {
  const auto nearest = static_cast<float>(value);
  return nearest >= value ? nearest : std::nextafter(nearest, std::numeric_limits<float>::infinity());
}

struct QuantisedNorms {
  double error = 0;  ///< of the difference
  double coded = 0;  ///< of what the codes stand for
  double given = 0;  ///< of the values
};

float scale_of(const float* values, std::int64_t width) {
  float largest = 0;
  for (std::int64_t d = 0; d < width; ++d) largest = std::max(largest, std::abs(values[d]));
  return largest / kLargestCode;
}

/// Writes codes[d] for every d and returns the norms. A scale so small that it is no normal number
/// gives codes of 0: the error is then the whole length.
template <class Write>
QuantisedNorms quantise(const float* values, std::int64_t width, float scale, const Write& write) {
  const bool usable = scale >= std::numeric_limits<float>::min();
  QuantisedNorms squares;
  for (std::int64_t d = 0; d < width; ++d) {
    const float code = usable ? std::clamp(std::nearbyint(values[d] / scale), -kLargestCode, kLargestCode) : 0.0F;
    write(d, static_cast<int>(code));
    const double stands_for = static_cast<double>(scale) * code;
    squares.error += (values[d] - stands_for) * (values[d] - stands_for);
    squares.coded += stands_for * stands_for;
    squares.given += static_cast<double>(values[d]) * values[d];
  }
  // Sums of at most kWidestRow squares in double err by less than a part in 1e11.
  constexpr double kUpwards = 1 + 1e-10;
  return {.error = std::sqrt(squares.error) * kUpwards,
          .coded = std::sqrt(squares.coded) * kUpwards,
          .given = std::sqrt(squares.given) * kUpwards};
}

}  // namespace

std::int64_t padded_width(std::int64_t width) { return (width + kCodesPerStep - 1) / kCodesPerStep * kCodesPerStep; }

QuantisedRows quantise_rows(const at::Tensor& rows) {
  check_shape("quantise_rows", "rows", rows, {kAnySize, kAnySize});
  check_finite("quantise_rows", "rows", rows);
  const std::int64_t count = rows.size(0);
  const std::int64_t width = rows.size(1);
  TORCH_CHECK_VALUE(count > 0 && width > 0 && width <= kWidestRow, "quantise_rows: at least one row of 1 to ",
                    kWidestRow, " values was needed, got ", shape_text(rows));
  const at::Tensor values = rows.to(at::kFloat).contiguous();
  const std::int64_t padded = padded_width(width);
  const std::int64_t blocks = (count + kRowsPerBlock - 1) / kRowsPerBlock;
  const std::int64_t groups = (count + kRowsPerGroup - 1) / kRowsPerGroup;
  QuantisedRows quantised{.rows = count,
                          .width = width,
                          .codes = at::full({blocks, padded / 4, kRowsPerBlock, 4}, kUnsigned, at::kByte),
                          .scale = at::empty({count}, at::kFloat),
                          .error = at::zeros({groups}, at::kFloat),
                          .length = at::zeros({groups}, at::kFloat)};
  const auto* from = values.const_data_ptr<float>();
  auto* codes = quantised.codes.data_ptr<std::uint8_t>();
  auto* scales = quantised.scale.data_ptr<float>();
  auto* errors = quantised.error.data_ptr<float>();
  auto* lengths = quantised.length.data_ptr<float>();
  for_each_batch(groups, 0, [&](std::int64_t group) {
    for (std::int64_t row = group * kRowsPerGroup; row < std::min(count, (group + 1) * kRowsPerGroup); ++row) {
      std::uint8_t* block = codes + row / kRowsPerBlock * padded * kRowsPerBlock;
      const std::int64_t place = row % kRowsPerBlock;
      scales[row] = scale_of(from + row * width, width);
      const QuantisedNorms norms = quantise(from + row * width, width, scales[row], [&](std::int64_t d, int code) {
        block[(d / 4 * kRowsPerBlock + place) * 4 + d % 4] = static_cast<std::uint8_t>(code + kUnsigned);
      });
      errors[group] = std::max(errors[group], rounded_up(norms.error));
      lengths[group] = std::max(lengths[group], rounded_up(norms.coded));
    }
  });
  return quantised;
}

QuantisedQuery quantise_query(const float* query, std::int64_t width, std::int8_t* codes) {
  std::fill_n(codes, padded_width(width), std::int8_t{0});
  const float scale = scale_of(query, width);
  const QuantisedNorms norms =
      quantise(query, width, scale, [&](std::int64_t d, int code) { codes[d] = static_cast<std::int8_t>(code); });
  return {.scale = scale, .error = rounded_up(norms.error), .length = rounded_up(norms.given)};
}

}  // namespace tandem
