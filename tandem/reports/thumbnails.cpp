#include "tandem/reports/thumbnails.h"

#include <ATen/core/TensorAccessor.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "tandem/base/errors.h"
#include "tandem/base/worker_batches.h"
#include "tandem/figures/base64.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/images/longer_side.h"

namespace tandem {
namespace {

constexpr int kQuality = 72;
constexpr std::int64_t kSheetPixels = 1040;  // a side at most: four megabytes decoded

/// Copies a picture into a larger one. The edge is repeated to the right and below up to the end of
/// the cell, so that JPEG, which mixes 16 x 16 pixels, smears nothing into it.
void paste(const RgbImage& small, RgbImage& sheet, std::int64_t top, std::int64_t left, std::int64_t side) {
  for (std::int64_t y = 0; y < side; ++y) {
    for (std::int64_t x = 0; x < side; ++x) {
      const std::int64_t from = 3 * (std::min(y, small.height - 1) * small.width + std::min(x, small.width - 1));
      std::copy_n(small.pixels.begin() + from, 3, sheet.pixels.begin() + 3 * ((top + y) * sheet.width + left + x));
    }
  }
}

/// Places on a curve that fills the plane (Morton's): what is near on the map is mostly near on the
/// curve.
std::vector<std::int64_t> along_the_map(const at::Tensor& points) {
  const at::Tensor places = points.detach().to(at::kCPU, at::kDouble).contiguous();
  const auto at = places.accessor<double, 2>();
  const std::int64_t count = places.size(0);
  std::array<double, 2> low = {at[0][0], at[0][1]};
  std::array<double, 2> high = low;
  for (std::int64_t i = 0; i < count; ++i) {
    for (int axis = 0; axis < 2; ++axis) {
      low[axis] = std::min(low[axis], at[i][axis]);
      high[axis] = std::max(high[axis], at[i][axis]);
    }
  }
  std::vector<std::uint64_t> codes(count, 0);
  for (std::int64_t i = 0; i < count; ++i) {
    for (int axis = 0; axis < 2; ++axis) {
      const double share = high[axis] > low[axis] ? (at[i][axis] - low[axis]) / (high[axis] - low[axis]) : 0;
      const auto step = static_cast<std::uint64_t>(share * 65535);
      for (int bit = 0; bit < 16; ++bit) codes[i] |= (step >> bit & 1) << (2 * bit + axis);
    }
  }
  std::vector<std::int64_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return codes[a] < codes[b]; });
  return order;
}

}  // namespace

std::vector<std::string> thumbnail_jpegs(const std::vector<PictureSource>& pictures, std::int64_t side,
                                         const Progress& progress) {
  std::vector<std::string> jpegs(pictures.size());
  const auto count = static_cast<std::int64_t>(pictures.size());
  std::int64_t done = 0;
  const auto work = [&](std::int64_t i) {
    try {
      jpegs[i] = encode_jpeg(with_longer_side(read_picture(pictures[i]), side), kQuality);
    } catch (const FileError&) {
      jpegs[i].clear();  // It was readable when it was encoded; the page shows its caption without it.
    }
  };
  for_each_batch(count, 0, work, [&](std::int64_t) {
    if (progress) progress(++done, count);
  });
  return jpegs;
}

std::vector<std::string> thumbnail_uris(const std::vector<PictureSource>& pictures, std::int64_t side,
                                        const Progress& progress) {
  std::vector<std::string> uris = thumbnail_jpegs(pictures, side, progress);
  for (std::string& uri : uris) {
    if (!uri.empty()) uri = "data:image/jpeg;base64," + base64(uri);
  }
  return uris;
}

std::int64_t page_thumbnail_side(std::int64_t pictures) {
  const double side = 448 * std::sqrt(160.0 / static_cast<double>(std::max<std::int64_t>(pictures, 1)));
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(side) / 8 * 8, 112, 448);
}

std::int64_t sheet_thumbnail_side(std::int64_t pictures) {
  const double side = 104 * std::sqrt(8000.0 / static_cast<double>(std::max<std::int64_t>(pictures, 1)));
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(side) / 8 * 8, 24, 144);
}

AtlasThumbnails thumbnail_sheets(const std::vector<PictureSource>& pictures, const at::Tensor& points,
                                 const Progress& progress) {
  const auto count = static_cast<std::int64_t>(pictures.size());
  const std::int64_t side = sheet_thumbnail_side(count);
  const auto across = static_cast<std::int64_t>(std::ceil(std::sqrt(static_cast<double>(count))));
  AtlasThumbnails made{.side = side,
                       .columns = std::clamp<std::int64_t>(across, 1, kSheetPixels / side),
                       .sheets = {},
                       .places = std::vector<AtlasThumbnails::Place>(count)};
  const std::int64_t per_sheet = made.columns * made.columns;
  const std::int64_t sheets = (count + per_sheet - 1) / per_sheet;
  made.sheets.resize(sheets);
  const std::vector<std::int64_t> order = along_the_map(points);
  const auto work = [&](std::int64_t s) {
    const std::int64_t filled = std::min(per_sheet, count - s * per_sheet);
    const std::int64_t rows = (filled + made.columns - 1) / made.columns;
    RgbImage sheet{.height = rows * side, .width = made.columns * side, .pixels = {}};
    sheet.pixels.assign(3 * sheet.height * sheet.width, 128);
    for (std::int64_t k = 0; k < filled; ++k) {
      const std::int64_t i = order[s * per_sheet + k];
      try {
        const RgbImage small = with_longer_side(read_picture(pictures[i]), side);
        paste(small, sheet, k / made.columns * side, k % made.columns * side, side);
        made.places[i] = {.cell = s * per_sheet + k, .width = small.width, .height = small.height};
      } catch (const FileError&) {
        made.places[i] = {};  // It was readable when it was encoded; the page shows a blank tile.
      }
    }
    made.sheets[s] = encode_jpeg(sheet, kQuality);
  };
  std::int64_t done = 0;
  for_each_batch(sheets, 0, work, [&](std::int64_t s) {
    done += std::min(per_sheet, count - s * per_sheet);
    if (progress) progress(done, count);
  });
  return made;
}

}  // namespace tandem
