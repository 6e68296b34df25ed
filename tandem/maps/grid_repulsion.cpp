#include "tandem/maps/grid_repulsion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "tandem/base/vector_clones.h"
#include "tandem/maps/grid_splines.h"

namespace tandem {
namespace {

constexpr double kSpacing = 0.4;     // the kernel's spectrum falls as exp(-k): 0.04% is left at this grid's limit
constexpr double kFewestCells = 16;  // along the longer side; a smaller map gets a finer grid
constexpr std::int64_t kLargestLength = 4096;
constexpr std::int64_t kRowBlock = 2 * kLanes;  // two real rows make one complex transform

// The minimum number of blocks of transforms per thread: waking a thread for less costs more than
// it saves.
std::int64_t least_blocks(std::int64_t length) { return std::max<std::int64_t>(512 / length, 1); }

struct Box {
  float left = 0, bottom = 0;
  double extent = 0;
};

struct Range {
  float least, most;
};

TANDEM_VECTOR_CLONES
Range range_of(const float* values, std::int64_t count) {
  float least = values[0];
  float most = values[0];
#pragma omp simd reduction(min : least) reduction(max : most)
  for (std::int64_t i = 0; i < count; ++i) {
    least = values[i] < least ? values[i] : least;
    most = values[i] > most ? values[i] : most;
  }
  return {least, most};
}

Box bounding_box(const PlanePoints& points) {
  const auto count = static_cast<std::int64_t>(points.x.size());
  const Range x = range_of(points.x.data(), count);
  const Range y = range_of(points.y.data(), count);
  return {x.least, y.least, std::max(static_cast<double>(x.most) - x.least, static_cast<double>(y.most) - y.least)};
}

double spacing_for(double extent) { return std::clamp(extent / kFewestCells, 1e-12, kSpacing); }

std::int64_t nodes_for(double extent) {
  return static_cast<std::int64_t>(std::floor(extent / spacing_for(extent))) + kSplineOrder + 1;
}

}  // namespace

struct GridRepulsion::Layout {
  Box box;
  double spacing = 0;
  std::int64_t nodes = 0;               ///< n, along either side
  std::int64_t rows = 0;                ///< n, rounded up to whole row blocks
  std::int64_t length = 0;              ///< S, of the transforms, at least 2n
  std::int64_t column_blocks = 0;       ///< of kLanes among the S/2 + 1 columns of a real transform
  std::vector<std::int32_t> column;     ///< [N] first node in x
  std::vector<std::int32_t> row;        ///< [N] first node in y
  std::vector<SplineWeights> weight_x;  ///< [N, rounded up to whole lanes]
  std::vector<SplineWeights> weight_y;  ///< the same
  std::vector<std::int32_t> by_row;     ///< points in the order of `row`, then of their number
  std::vector<std::int32_t> row_begin;  ///< [n + 1] into by_row
};

GridRepulsion::GridRepulsion(ThreadTeam& team) : team_(team), layout_(std::make_unique<Layout>()) {}
GridRepulsion::~GridRepulsion() = default;

bool GridRepulsion::pays(const PlanePoints& points) {
  const double extent = bounding_box(points).extent;
  constexpr std::int64_t kMostNodes = kLargestLength / 2 - 2 * kSplineOrder;
  if (extent / kSpacing > static_cast<double>(kMostNodes)) return false;
  const auto length = static_cast<double>(LaneFft::good_length(2 * nodes_for(extent)));
  const auto count = static_cast<double>(points.x.size());
  // Measured: a cell costs as much as 32 pairs, a point on the grid as much as 900.
  return 32 * length * length + 900 * count < count * count;
}

void GridRepulsion::operator()(const PlanePoints& points, Repulsion& repulsion) {
  lay_out(points);
  prepare_kernel();
  rows_to_spectrum();
  convolve_columns();
  spectrum_to_rows();
  gather(repulsion);
}

void GridRepulsion::lay_out(const PlanePoints& points) {
  Layout& layout = *layout_;
  layout.box = bounding_box(points);
  layout.spacing = spacing_for(layout.box.extent);
  layout.nodes = nodes_for(layout.box.extent);
  layout.rows = (layout.nodes + kRowBlock - 1) / kRowBlock * kRowBlock;
  layout.length = LaneFft::good_length(2 * layout.nodes);
  layout.column_blocks = (layout.length / 2 + kLanes) / kLanes;

  const std::size_t count = points.x.size();
  layout.column.resize(count);
  layout.row.resize(count);
  const std::size_t whole = (count + kLanes - 1) / kLanes * kLanes;
  layout.weight_x.resize(whole);
  layout.weight_y.resize(whole);
  const double scale = 1 / layout.spacing;
  team_.split(static_cast<std::int64_t>(whole) / kLanes, 2048 / kLanes, [&](std::int64_t begin, std::int64_t end, int) {
    std::array<float, kLanes> t_x{};
    std::array<float, kLanes> t_y{};
    for (std::int64_t first = begin * kLanes; first < end * kLanes; first += kLanes) {
      for (std::int64_t i = first; i < std::min(first + kLanes, static_cast<std::int64_t>(count)); ++i) {
        const double x = (static_cast<double>(points.x[i]) - layout.box.left) * scale;
        const double y = (static_cast<double>(points.y[i]) - layout.box.bottom) * scale;
        layout.column[i] = static_cast<std::int32_t>(x);
        layout.row[i] = static_cast<std::int32_t>(y);
        t_x[i - first] = static_cast<float>(x - layout.column[i]);
        t_y[i - first] = static_cast<float>(y - layout.row[i]);
      }
      spline_weights(t_x.data(), layout.weight_x.data() + first);
      spline_weights(t_y.data(), layout.weight_y.data() + first);
    }
  });
  layout.row_begin.assign(static_cast<std::size_t>(layout.nodes) + 1, 0);
  for (std::size_t i = 0; i < count; ++i) ++layout.row_begin[static_cast<std::size_t>(layout.row[i]) + 1];
  for (std::int64_t r = 0; r < layout.nodes; ++r) layout.row_begin[r + 1] += layout.row_begin[r];
  std::vector<std::int32_t> next(layout.row_begin.begin(), layout.row_begin.end());
  layout.by_row.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    layout.by_row[static_cast<std::size_t>(next[static_cast<std::size_t>(layout.row[i])]++)] =
        static_cast<std::int32_t>(i);
  }
}

void GridRepulsion::prepare_kernel() {
  const Layout& layout = *layout_;
  const std::int64_t length = layout.length;
  buffers_.resize(static_cast<std::size_t>(team_.size() * 2 * length * 2 * kLanes));
  spectrum_.resize(static_cast<std::size_t>(layout.column_blocks * layout.rows * 2 * kLanes));
  potential_.resize(static_cast<std::size_t>(layout.rows * layout.nodes + kNodesAtOnce));
  if (fft_ != nullptr && fft_->length() == length && kernel_spacing_ == layout.spacing) return;
  if (fft_ == nullptr || fft_->length() != length) fft_ = std::make_unique<LaneFft>(length);
  kernel_spacing_ = layout.spacing;
  kernel_.assign(static_cast<std::size_t>(layout.column_blocks * length * kLanes), 0.0F);

  // On a small map the whole kernel is close to 1, and the push comes from the difference to 1.
  const bool small = layout.spacing < kSpacing;
  const double squared_spacing = layout.spacing * layout.spacing;
  const std::int64_t half = length / 2;
  std::vector<float> along_x(static_cast<std::size_t>(layout.column_blocks * kLanes * (half + 1)));  // [y, k]
  std::vector<double> spline(static_cast<std::size_t>(half + 1));
  for (std::int64_t k = 0; k <= half; ++k) spline[k] = spline_spectrum(k, length) * spline_spectrum(k, length);

  const std::int64_t row_stride = layout.column_blocks * kLanes;
  const auto buffer = [&](int thread, int which) {
    return buffers_.data() + (thread * 2 + which) * length * 2 * kLanes;
  };
  team_.split(half / kLanes + 1, least_blocks(length), [&](std::int64_t begin, std::int64_t end, int thread) {
    for (std::int64_t block = begin; block < end; ++block) {
      float* values = buffer(thread, 0);
      std::fill_n(values, length * 2 * kLanes, 0.0F);
      for (std::int64_t x = 0; x < length; ++x) {
        for (std::int64_t lane = 0; lane < kLanes; ++lane) {
          const auto dx = static_cast<double>(std::min(x, length - x));
          const auto dy = static_cast<double>(block * kLanes + lane);
          const double squared = squared_spacing * (dx * dx + dy * dy);
          values[x * 2 * kLanes + lane] = static_cast<float>(small ? -squared / (1 + squared) : 1 / (1 + squared));
        }
      }
      const float* result = fft_->transform(values, buffer(thread, 1));
      for (std::int64_t lane = 0; lane < kLanes && block * kLanes + lane <= half; ++lane) {
        float* row = along_x.data() + (block * kLanes + lane) * row_stride;
        for (std::int64_t k = 0; k <= half; ++k) row[k] = result[k * 2 * kLanes + lane];
      }
    }
  });
  team_.split(layout.column_blocks, least_blocks(length), [&](std::int64_t begin, std::int64_t end, int thread) {
    for (std::int64_t block = begin; block < end; ++block) {
      float* values = buffer(thread, 0);
      std::fill_n(values, length * 2 * kLanes, 0.0F);
      for (std::int64_t y = 0; y < length; ++y) {
        std::memcpy(values + y * 2 * kLanes, along_x.data() + std::min(y, length - y) * row_stride + block * kLanes,
                    kLanes * sizeof(float));
      }
      const float* result = fft_->transform(values, buffer(thread, 1));
      for (std::int64_t ky = 0; ky < length; ++ky) {
        for (std::int64_t lane = 0; lane < kLanes; ++lane) {
          const std::int64_t kx = block * kLanes + lane;
          if (kx > half) continue;
          // One half because two rows shared a transform, S^2 because transforms carry
          // no factor.
          const double scale =
              0.5 / (static_cast<double>(length * length) * spline[kx] * spline[std::min(ky, length - ky)]);
          kernel_[(block * length + ky) * kLanes + lane] = static_cast<float>(scale * result[ky * 2 * kLanes + lane]);
        }
      }
    }
  });
}

void GridRepulsion::rows_to_spectrum() {
  const Layout& layout = *layout_;
  const std::int64_t length = layout.length;
  const std::int64_t half = length / 2;
  team_.split(layout.rows / kRowBlock, least_blocks(length), [&](std::int64_t begin, std::int64_t end, int thread) {
    float* buffer = buffers_.data() + thread * 4 * length * kLanes;
    for (std::int64_t block = begin; block < end; ++block) {
      const std::int64_t top = block * kRowBlock;
      float* charge = buffer + 2 * length * kLanes;  // [kRowBlock, length]
      std::fill_n(charge, kRowBlock * length, 0.0F);
      // A node's sum is always computed in the order of by_row, whatever block it is in.
      const std::int64_t first = std::max<std::int64_t>(top - kSplineOrder + 1, 0);
      const std::int64_t last = std::min(top + kRowBlock, layout.nodes);
      const std::int64_t stop = first < last ? layout.row_begin[last] : 0;
      for (std::int64_t at = first < last ? layout.row_begin[first] : 0; at < stop; ++at) {
        const std::int32_t i = layout.by_row[at];
        const std::int64_t above = layout.row[i] - top;
        add_charge(layout.weight_x[i], layout.weight_y[i], std::max<std::int64_t>(0, -above),
                   std::min<std::int64_t>(kSplineOrder, kRowBlock - above), length,
                   charge + above * length + layout.column[i]);
      }
      // Row r of the block is the real part of lane r, row kLanes + r the imaginary part.
      for (std::int64_t x = 0; x < layout.nodes; ++x) {
        for (std::int64_t r = 0; r < kRowBlock; ++r) buffer[x * kRowBlock + r] = charge[r * length + x];
      }
      std::fill(buffer + layout.nodes * kRowBlock, buffer + length * kRowBlock, 0.0F);
      const float* result = fft_->transform(buffer, buffer + 2 * length * kLanes);
      for (std::int64_t k = 0; k <= half; ++k) {
        const float* low = result + k * 2 * kLanes;
        const float* high = result + (length - k) % length * 2 * kLanes;
        float* out = spectrum_.data() + ((k / kLanes * layout.rows + top) * 2) * kLanes + k % kLanes;
        for (std::int64_t lane = 0; lane < kLanes; ++lane) {
          out[lane * 2 * kLanes] = low[lane] + high[lane];
          out[(lane * 2 + 1) * kLanes] = low[kLanes + lane] - high[kLanes + lane];
          out[(kLanes + lane) * 2 * kLanes] = low[kLanes + lane] + high[kLanes + lane];
          out[((kLanes + lane) * 2 + 1) * kLanes] = high[lane] - low[lane];
        }
      }
    }
  });
}

void GridRepulsion::convolve_columns() {
  const Layout& layout = *layout_;
  const std::int64_t length = layout.length;
  team_.split(layout.column_blocks, least_blocks(length), [&](std::int64_t begin, std::int64_t end, int thread) {
    float* buffer = buffers_.data() + thread * 4 * length * kLanes;
    float* other = buffer + 2 * length * kLanes;
    for (std::int64_t block = begin; block < end; ++block) {
      float* column = spectrum_.data() + block * layout.rows * 2 * kLanes;
      std::memcpy(buffer, column, static_cast<std::size_t>(layout.nodes * 2 * kLanes) * sizeof(float));
      std::fill(buffer + layout.nodes * 2 * kLanes, buffer + length * 2 * kLanes, 0.0F);
      float* forward = fft_->transform(buffer, other);
      // A transform of the values with real and imaginary part exchanged, exchanged again, is
      // the inverse.
      for (std::int64_t k = 0; k < length; ++k) {
        const float* factor = kernel_.data() + (block * length + k) * kLanes;
        float* value = forward + k * 2 * kLanes;
        for (std::int64_t lane = 0; lane < kLanes; ++lane) {
          const float real = value[lane];
          value[lane] = value[kLanes + lane] * factor[lane];
          value[kLanes + lane] = real * factor[lane];
        }
      }
      const float* back = fft_->transform(forward, forward == buffer ? other : buffer);
      for (std::int64_t y = 0; y < layout.nodes; ++y) {
        std::memcpy(column + y * 2 * kLanes, back + (y * 2 + 1) * kLanes, kLanes * sizeof(float));
        std::memcpy(column + (y * 2 + 1) * kLanes, back + y * 2 * kLanes, kLanes * sizeof(float));
      }
    }
  });
}

void GridRepulsion::spectrum_to_rows() {
  const Layout& layout = *layout_;
  const std::int64_t length = layout.length;
  const std::int64_t half = length / 2;
  team_.split(layout.rows / kRowBlock, least_blocks(length), [&](std::int64_t begin, std::int64_t end, int thread) {
    float* buffer = buffers_.data() + thread * 4 * length * kLanes;
    for (std::int64_t block = begin; block < end; ++block) {
      const std::int64_t top = block * kRowBlock;
      for (std::int64_t k = 0; k <= half; ++k) {
        const float* in = spectrum_.data() + ((k / kLanes * layout.rows + top) * 2) * kLanes + k % kLanes;
        float* low = buffer + k * 2 * kLanes;
        float* high = buffer + (length - k) % length * 2 * kLanes;
        for (std::int64_t lane = 0; lane < kLanes; ++lane) {
          const float a_real = in[lane * 2 * kLanes];
          const float a_imaginary = in[(lane * 2 + 1) * kLanes];
          const float b_real = in[(kLanes + lane) * 2 * kLanes];
          const float b_imaginary = in[((kLanes + lane) * 2 + 1) * kLanes];
          // a + ib and its mirror, real and imaginary part exchanged for the inverse.
          high[kLanes + lane] = a_real + b_imaginary;
          high[lane] = b_real - a_imaginary;
          low[kLanes + lane] = a_real - b_imaginary;
          low[lane] = a_imaginary + b_real;
        }
      }
      const float* result = fft_->transform(buffer, buffer + 2 * length * kLanes);
      for (std::int64_t lane = 0; lane < kLanes; ++lane) {
        float* first = potential_.data() + (top + lane) * layout.nodes;
        float* second = first + kLanes * layout.nodes;
        for (std::int64_t x = 0; x < layout.nodes; ++x) {
          first[x] = result[(x * 2 + 1) * kLanes + lane];
          second[x] = result[x * 2 * kLanes + lane];
        }
      }
    }
  });
}

void GridRepulsion::gather(Repulsion& repulsion) const {
  const Layout& layout = *layout_;
  const auto count = static_cast<std::int64_t>(layout.row.size());
  repulsion.x.resize(layout.row.size());
  repulsion.y.resize(layout.row.size());
  std::vector<float> potential(layout.row.size());
  const auto slope = static_cast<float>(-0.5 / layout.spacing);
  team_.split(count, 2048, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i) {
      const PotentialAt point =
          potential_at(layout.weight_x[i], layout.weight_y[i],
                       potential_.data() + layout.row[i] * layout.nodes + layout.column[i], layout.nodes);
      potential[i] = point.value;
      repulsion.x[i] = slope * point.slope_x;
      repulsion.y[i] = slope * point.slope_y;
    }
  });
  // Adds back the difference of the kernel to 1 on a small map, and removes a point's push on
  // itself.
  const double own = layout.spacing < kSpacing ? 1.0 - static_cast<double>(count) : 1.0;
  repulsion.normaliser = 0;
  for (const float value : potential) repulsion.normaliser += value - own;
}

}  // namespace tandem
