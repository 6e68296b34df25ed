#include "tandem/images/resample.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

// The inner loops multiply 32-bit integers; plain x86-64 has no vector instruction for that.
// Integers give the same result in every version. The coefficients are floating point and are
// computed once by ordinary code.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define TANDEM_VECTOR_VERSIONS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TANDEM_VECTOR_VERSIONS
#endif

namespace tandem {
namespace {

constexpr int kPrecisionBits = 32 - 8 - 2;
constexpr std::int32_t kHalf = 1 << (kPrecisionBits - 1);

double box(double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }

double bilinear(double x) {
  x = std::abs(x);
  return x < 1.0 ? 1.0 - x : 0.0;
}

double hamming(double x) {
  x = std::abs(x);
  if (x == 0.0) return 1.0;
  if (x >= 1.0) return 0.0;
  x *= std::numbers::pi;
  return std::sin(x) / x * (0.54f + 0.46f * std::cos(x));  // Pillow's constants are single precision.
}

double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
  return 0.0;
}

double sinc(double x) {
  if (x == 0.0) return 1.0;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}

double lanczos(double x) { return -3.0 <= x && x < 3.0 ? sinc(x) * sinc(x / 3) : 0.0; }

struct Kernel {
  double (*weight)(double);
  double support;  // half the width, in source pixels at scale 1
};

Kernel kernel_of(Filter filter) {
  switch (filter) {
    case Filter::kLanczos:
      return {lanczos, 3.0};
    case Filter::kBilinear:
      return {bilinear, 1.0};
    case Filter::kBicubic:
      return {bicubic, 2.0};
    case Filter::kBox:
      return {box, 0.5};
    case Filter::kHamming:
      return {hamming, 1.0};
    default:
      TORCH_CHECK_VALUE(false, "resize: unknown filter ", static_cast<int>(filter));
  }
}

/// The source pixels that make one target pixel, with their weights: weights[offset .. offset +
/// count).
struct Taps {
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::int64_t offset = 0;
};

struct Axis {
  std::vector<Taps> taps;  // one per target pixel
  std::vector<std::int32_t> weights;
};

/// The taps of target pixels begin .. begin + count along a side that goes from `source` to
/// `target` pixels.
Axis make_axis(std::int64_t source, std::int64_t target, std::int64_t begin, std::int64_t count, Filter filter) {
  const Kernel kernel = kernel_of(filter);
  const double scale = static_cast<double>(source) / static_cast<double>(target);
  const double filter_scale = std::max(scale, 1.0);
  const double support = kernel.support * filter_scale;
  const double inverse = 1.0 / filter_scale;
  Axis axis;
  axis.taps.reserve(count);
  std::vector<double> weights;
  for (std::int64_t i = begin; i < begin + count; ++i) {
    const double center = (static_cast<double>(i) + 0.5) * scale;
    const auto first = std::max<std::int64_t>(0, static_cast<std::int64_t>(center - support + 0.5));
    const auto last = std::min(source, static_cast<std::int64_t>(center + support + 0.5));
    weights.clear();
    double total = 0;
    for (std::int64_t x = 0; x < last - first; ++x) {
      weights.push_back(kernel.weight((static_cast<double>(x + first) - center + 0.5) * inverse));
      total += weights.back();
    }
    axis.taps.push_back({first, last - first, static_cast<std::int64_t>(axis.weights.size())});
    for (double weight : weights) {
      if (total != 0.0) weight /= total;
      const double fixed = weight * (1 << kPrecisionBits);
      axis.weights.push_back(static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
    }
  }
  return axis;
}

inline std::uint8_t to_byte(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255));
}

/// The pixels to read: those of a picture from a given row and column on.
struct Source {
  const std::uint8_t* pixels;
  std::int64_t row_bytes;  // from one row to the next
};

using Bytes = std::uint8_t __attribute__((vector_size(16)));
using Sums = std::int32_t __attribute__((vector_size(16)));
static_assert(std::endian::native == std::endian::little, "widen() lays out bytes for little-endian machines");

/// Four bytes from `pixel` on, as four integers.
inline Sums widen(const std::uint8_t* pixel) {
  std::int32_t four;
  std::memcpy(&four, pixel, sizeof four);
  const auto bytes = reinterpret_cast<Bytes>(Sums{four, 0, 0, 0});
  return reinterpret_cast<Sums>(
      __builtin_shufflevector(bytes, bytes, 0, 4, 4, 4, 1, 4, 4, 4, 2, 4, 4, 4, 3, 4, 4, 4));  // Byte 4 is 0.
}

/// Resizes `rows` rows to the axis' number of pixels; column 0 of the source is `first_column` of
/// the axis.
TANDEM_VECTOR_VERSIONS
void resample_rows(Source source, std::int64_t rows, std::int64_t first_column, const Axis& axis, std::uint8_t* out) {
  const auto count = static_cast<std::int64_t>(axis.taps.size());
  for (std::int64_t y = 0; y < rows; ++y) {
    const std::uint8_t* row = source.pixels + y * source.row_bytes;
    for (std::int64_t x = 0; x < count; ++x) {
      const Taps taps = axis.taps[x];
      const std::int32_t* weight = &axis.weights[taps.offset];
      const std::uint8_t* pixel = row + 3 * (taps.first - first_column);
      Sums sums = {kHalf, kHalf, kHalf, 0};
      // Four bytes at once: a pixel and the first byte of the next pixel, which the last tap lacks.
      for (std::int64_t i = 0; i < taps.count - 1; ++i, pixel += 3) {
        sums += widen(pixel) * weight[i];
      }
      sums += Sums{pixel[0], pixel[1], pixel[2], 0} * weight[taps.count - 1];
      sums >>= kPrecisionBits;
      sums = sums < 0 ? Sums{} : sums;
      sums = sums > 255 ? Sums{255, 255, 255, 255} : sums;
      for (int channel = 0; channel < 3; ++channel) *out++ = static_cast<std::uint8_t>(sums[channel]);
    }
  }
}

/// One row of bytes times one weight, added to the sums.
TANDEM_VECTOR_VERSIONS
void add_row(const std::uint8_t* row, std::int32_t weight, std::int64_t count, std::int32_t* sums) {
  for (std::int64_t i = 0; i < count; ++i) sums[i] += row[i] * weight;
}

TANDEM_VECTOR_VERSIONS
void write_row(const std::int32_t* sums, std::int64_t count, std::uint8_t* out) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = to_byte(sums[i]);
}

/// Resizes `columns` columns to the axis' number of pixels; row 0 of the source is `first_row` of
/// the axis.
void resample_columns(Source source, std::int64_t columns, std::int64_t first_row, const Axis& axis,
                      std::uint8_t* out) {
  const std::int64_t count = 3 * columns;
  std::vector<std::int32_t> sums(count);
  for (const Taps& taps : axis.taps) {
    std::fill(sums.begin(), sums.end(), kHalf);
    for (std::int64_t i = 0; i < taps.count; ++i) {
      const std::uint8_t* row = source.pixels + (taps.first - first_row + i) * source.row_bytes;
      add_row(row, axis.weights[taps.offset + i], count, sums.data());
    }
    write_row(sums.data(), count, out);
    out += count;
  }
}

RgbImage blank(std::int64_t height, std::int64_t width) {
  return {height, width, std::vector<std::uint8_t>(3 * height * width)};
}

struct Span {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

/// The source pixels all taps of the axis read.
Span span_of(const Axis& axis) {
  const std::int64_t first = axis.taps.front().first;
  return {first, axis.taps.back().first + axis.taps.back().count - first};
}

/// Pillow 13 starts with the columns if that is clearly less work.
bool goes_down_first(const RgbImage& image, std::int64_t height, std::int64_t width) {
  return height < image.height && image.height - height > 2 * (image.width - width);
}

/// Source pixels of targets begin .. begin + count, or -1 if rounding leads past the end (Pillow
/// leaves black there). The positions are summed as Pillow sums them, so that their rounding is the
/// same.
std::vector<std::int64_t> nearest_pixels(std::int64_t source, std::int64_t target, std::int64_t begin,
                                         std::int64_t count) {
  const double scale = static_cast<double>(source) / static_cast<double>(target);
  std::vector<std::int64_t> pixels;
  double position = scale * 0.5;
  for (std::int64_t i = 0; i < begin + count; ++i, position += scale) {
    const auto pixel = static_cast<std::int64_t>(position);
    if (i >= begin) pixels.push_back(pixel < source ? pixel : -1);
  }
  return pixels;
}

RgbImage nearest(const RgbImage& image, std::int64_t height, std::int64_t width, const Window& window) {
  const std::vector<std::int64_t> rows = nearest_pixels(image.height, height, window.top, window.height);
  const std::vector<std::int64_t> columns = nearest_pixels(image.width, width, window.left, window.width);
  RgbImage result = blank(window.height, window.width);
  std::uint8_t* out = result.pixels.data();
  for (const std::int64_t y : rows) {
    for (const std::int64_t x : columns) {
      if (y >= 0 && x >= 0) std::copy_n(&image.pixels[3 * (y * image.width + x)], 3, out);
      out += 3;
    }
  }
  return result;
}

RgbImage cut(const RgbImage& image, const Window& window) {
  RgbImage result = blank(window.height, window.width);
  for (std::int64_t y = 0; y < window.height; ++y) {
    std::copy_n(&image.pixels[3 * ((window.top + y) * image.width + window.left)], 3 * window.width,
                &result.pixels[3 * y * window.width]);
  }
  return result;
}

void check(const RgbImage& image, std::int64_t height, std::int64_t width, const Window& window) {
  TORCH_CHECK_VALUE(image.height >= 1 && image.width >= 1 &&
                        static_cast<std::int64_t>(image.pixels.size()) == 3 * image.height * image.width,
                    "resize: needed a picture whose pixels fit its size, got ", image.width, " x ", image.height,
                    " with ", image.pixels.size(), " bytes");
  TORCH_CHECK_VALUE(height >= 1 && width >= 1, "resize: both sides must be at least 1, got ", width, " x ", height);
  TORCH_CHECK_VALUE(window.top >= 0 && window.left >= 0 && window.height >= 1 && window.width >= 1 &&
                        window.height <= height - window.top && window.width <= width - window.left,
                    "resize_window: the window must lie inside ", width, " x ", height, ", got ", window.width, " x ",
                    window.height, " at row ", window.top, ", column ", window.left);
}

}  // namespace

RgbImage resize_window(const RgbImage& image, std::int64_t height, std::int64_t width, Filter filter,
                       const Window& window) {
  check(image, height, width, window);
  if (height == image.height && width == image.width) return cut(image, window);
  if (filter == Filter::kNearest) return nearest(image, height, width, window);

  // A side that keeps its length is not filtered, as in Pillow.
  const bool across = width != image.width;
  const bool down = height != image.height;
  const Axis columns = across ? make_axis(image.width, width, window.left, window.width, filter) : Axis{};
  const Axis rows = down ? make_axis(image.height, height, window.top, window.height, filter) : Axis{};
  // The part of the source that the window is made of.
  const Span used_rows = down ? span_of(rows) : Span{window.top, window.height};
  const Span used_columns = across ? span_of(columns) : Span{window.left, window.width};
  const Source source{&image.pixels[3 * (used_rows.first * image.width + used_columns.first)], 3 * image.width};

  RgbImage result = blank(window.height, window.width);
  if (!down) {
    resample_rows(source, window.height, used_columns.first, columns, result.pixels.data());
  } else if (!across) {
    resample_columns(source, window.width, used_rows.first, rows, result.pixels.data());
  } else if (goes_down_first(image, height, width)) {
    RgbImage between = blank(window.height, used_columns.count);
    resample_columns(source, used_columns.count, used_rows.first, rows, between.pixels.data());
    resample_rows({between.pixels.data(), 3 * between.width}, window.height, used_columns.first, columns,
                  result.pixels.data());
  } else {
    RgbImage between = blank(used_rows.count, window.width);
    resample_rows(source, used_rows.count, used_columns.first, columns, between.pixels.data());
    resample_columns({between.pixels.data(), 3 * between.width}, window.width, used_rows.first, rows,
                     result.pixels.data());
  }
  return result;
}

RgbImage resize(const RgbImage& image, std::int64_t height, std::int64_t width, Filter filter) {
  return resize_window(image, height, width, filter, {.top = 0, .left = 0, .height = height, .width = width});
}

}  // namespace tandem
