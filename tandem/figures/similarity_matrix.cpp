#include "tandem/figures/similarity_matrix.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tandem/base/shape_check.h"
#include "tandem/figures/axes.h"
#include "tandem/figures/sheet.h"

namespace tandem {
namespace {

constexpr std::array<std::uint32_t, 10> kCividis{0x00224e, 0x123570, 0x3b496c, 0x575d6d, 0x707173,
                                                 0x8a8678, 0xa59c74, 0xc3b369, 0xe1cc55, 0xfee838};
constexpr std::int64_t kMost = 500;
constexpr std::int64_t kBarSteps = 128;
constexpr double kBarRoom = 40, kAxisName = 12;

void put(RgbImage& image, std::int64_t pixel, Colour colour) {
  const auto byte = [](double value) { return static_cast<std::uint8_t>(std::lround(value * 255)); };
  image.pixels[3 * pixel] = byte(colour.red);
  image.pixels[3 * pixel + 1] = byte(colour.green);
  image.pixels[3 * pixel + 2] = byte(colour.blue);
}

/// A block of pixels per cell: viewers that smooth pictures then blur only the edges of a cell.
RgbImage cells(const at::Tensor& similarity, double low, double high) {
  const std::int64_t n = similarity.size(0);
  const std::int64_t block = std::max<std::int64_t>(1, 480 / n);
  RgbImage image{
      .height = n * block, .width = n * block, .pixels = std::vector<std::uint8_t>(3 * n * block * n * block)};
  const auto value = similarity.accessor<double, 2>();
  for (std::int64_t y = 0; y < image.height; ++y) {
    for (std::int64_t x = 0; x < image.width; ++x) {
      const double share = high > low ? (value[y / block][x / block] - low) / (high - low) : 0.5;
      put(image, y * image.width + x, sequential_colour(share));
    }
  }
  return image;
}

RgbImage bar() {
  RgbImage image{.height = kBarSteps, .width = 1, .pixels = std::vector<std::uint8_t>(3 * kBarSteps)};
  for (std::int64_t y = 0; y < kBarSteps; ++y)
    put(image, y, sequential_colour(1 - (static_cast<double>(y) + 0.5) / kBarSteps));
  return image;
}

void draw_bar(Canvas& canvas, Point corner, double height, double low, double high) {
  constexpr double kWidth = 8;
  canvas.picture(corner, kWidth, height, bar(), PictureKind::kCells);
  canvas.frame(corner, kWidth, height, 0.5, canvas.theme().rule);
  const std::vector<double> ticks = round_ticks(low, high, 5);
  for (const double tick : ticks) {
    const double y = high > low ? corner.y + height * (high - tick) / (high - low) : corner.y + height / 2;
    canvas.line({corner.x + kWidth, y}, {corner.x + kWidth + 2.5, y}, 0.6, canvas.theme().soft_ink);
    canvas.text({corner.x + kWidth + 4.5, y + 2.8}, tick_text(tick, ticks),
                {.size = kLabelSize, .colour = canvas.theme().soft_ink});
  }
}

}  // namespace

Colour sequential_colour(double share) {
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(kCividis.size() - 1);
  const auto left = std::min(static_cast<std::size_t>(place), kCividis.size() - 2);
  const double part = place - static_cast<double>(left);
  const Colour a = colour(kCividis[left]);
  const Colour b = colour(kCividis[left + 1]);
  return {a.red + (b.red - a.red) * part, a.green + (b.green - a.green) * part, a.blue + (b.blue - a.blue) * part};
}

void draw_similarity_matrix(const std::filesystem::path& out, const at::Tensor& similarity, const std::string& title,
                            const std::string& note, const Theme& theme) {
  check_shape("draw_similarity_matrix", "similarity", similarity, {kAnySize, kAnySize});
  const std::int64_t n = similarity.size(0);
  TORCH_CHECK_VALUE(n > 0 && n <= kMost && similarity.size(1) == n,
                    "draw_similarity_matrix: similarity must be square, of 1 to ", kMost, " rows, got ",
                    shape_text(similarity));
  check_finite("draw_similarity_matrix", "similarity", similarity);
  const at::Tensor values = similarity.detach().to(at::kCPU, at::kDouble).contiguous();
  const double low = values.min().item<double>();
  const double high = values.max().item<double>();
  const Sheet sheet(kColumnWidth, title, note);
  const double side = sheet.body_width() - kBarRoom - kAxisName;
  const double body = 4 + side + kAxisName;
  const auto draw = [&](Canvas& canvas) {
    sheet.draw(canvas, body);
    const TextStyle axis{.size = kLabelSize, .align = Align::kCentre, .colour = theme.soft_ink};
    const Point corner{kSheetMargin + kAxisName, sheet.body_top() + 4};
    canvas.picture(corner, side, side, cells(values, low, high), PictureKind::kCells);
    canvas.frame(corner, side, side, 0.6, theme.rule);
    canvas.upward_text({corner.x - 4, corner.y + side / 2}, "pictures", axis);
    canvas.text({corner.x + side / 2, corner.y + side + 10}, "captions, in the pictures' order", axis);
    draw_bar(canvas, {corner.x + side + 10, corner.y}, side, low, high);
  };
  const std::string pairs =
      std::to_string(n) + " pictures by " + std::to_string(n) + " captions; the diagonal holds the true pairs. ";
  draw_figure(out, sheet.width(), sheet.height(body), {title, pairs + note}, draw, theme);
}

}  // namespace tandem
