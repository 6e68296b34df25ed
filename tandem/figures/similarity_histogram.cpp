#include "tandem/figures/similarity_histogram.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/figures/axes.h"
#include "tandem/figures/canvas.h"

namespace tandem {
namespace {

/// Two histograms over common bins; shares of each sum to 1.
struct Histograms {
  double low = 0;
  double high = 0;
  std::vector<double> aligned;
  std::vector<double> misaligned;
  double aligned_mean = 0;
  double misaligned_mean = 0;

  double overlap() const {
    double area = 0;
    for (std::size_t i = 0; i < aligned.size(); ++i) area += std::min(aligned[i], misaligned[i]);
    return area;
  }
};

std::vector<double> shares(const at::Tensor& values, const Histograms& range, std::int64_t bins,
                           double& mean) {
  std::vector<double> share(static_cast<std::size_t>(bins), 0.0);
  const double* value = values.const_data_ptr<double>();
  const double width = range.high > range.low ? (range.high - range.low) / static_cast<double>(bins) : 1;
  const double part = 1.0 / static_cast<double>(values.numel());
  for (std::int64_t i = 0; i < values.numel(); ++i) {
    const auto bin = std::min(static_cast<std::int64_t>((value[i] - range.low) / width), bins - 1);
    share[static_cast<std::size_t>(bin)] += part;
    mean += value[i] * part;
  }
  return share;
}

Histograms histograms(std::string_view function, const at::Tensor& aligned, const at::Tensor& misaligned,
                      std::int64_t bins) {
  check_shape(function, "aligned", aligned, {kAnySize});
  check_shape(function, "misaligned", misaligned, {kAnySize});
  TORCH_CHECK_VALUE(aligned.numel() > 0 && misaligned.numel() > 0, function, ": both sides need values, got ",
                    aligned.numel(), " aligned and ", misaligned.numel(), " misaligned");
  TORCH_CHECK_VALUE(bins >= 1, function, ": bins must be at least 1, got ", bins);
  check_finite(function, "aligned", aligned);
  check_finite(function, "misaligned", misaligned);
  const at::Tensor a = aligned.detach().to(at::kCPU, at::kDouble).contiguous();
  const at::Tensor m = misaligned.detach().to(at::kCPU, at::kDouble).contiguous();
  Histograms result;
  result.low = std::min(a.min().item<double>(), m.min().item<double>());
  result.high = std::max(a.max().item<double>(), m.max().item<double>());
  result.aligned = shares(a, result, bins, result.aligned_mean);
  result.misaligned = shares(m, result, bins, result.misaligned_mean);
  return result;
}

void draw_bars(Canvas& canvas, const ChartArea& area, const std::vector<double>& share, Colour colour) {
  const double step = (area.high.x - area.low.x) / static_cast<double>(share.size());
  std::vector<Point> outline{area.place({area.low.x, 0})};
  for (std::size_t i = 0; i < share.size(); ++i) {
    const double left = area.low.x + step * static_cast<double>(i);
    outline.push_back(area.place({left, share[i]}));
    outline.push_back(area.place({left + step, share[i]}));
  }
  outline.push_back(area.place({area.high.x, 0}));
  canvas.polygon(outline, colour.faded(0.4));
  canvas.polyline(outline, 1.4, colour);
}

std::string with_number(const char* format, double number) {
  char text[96];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

}  // namespace

double histogram_overlap(const at::Tensor& aligned, const at::Tensor& misaligned, std::int64_t bins) {
  return histograms("histogram_overlap", aligned, misaligned, bins).overlap();
}

double draw_similarity_histogram(const std::filesystem::path& out, const at::Tensor& aligned,
                                 const at::Tensor& misaligned, const std::string& title) {
  const Histograms both = histograms("draw_similarity_histogram", aligned, misaligned, 60);
  const double overlap = both.overlap();
  const double tallest = std::max(*std::max_element(both.aligned.begin(), both.aligned.end()),
                                  *std::max_element(both.misaligned.begin(), both.misaligned.end()));
  const double room = both.high > both.low ? 0 : 0.5;
  const ChartArea area{.corner = {36, 96},
                       .width = 648,
                       .height = 256,
                       .low = {both.low - room, 0},
                       .high = {both.high + room, tallest * 1.06}};
  const std::string summary = with_number("overlap %.1f%%", 100 * overlap);
  const std::string aligned_label = with_number("true pairs (mean %.3f)", both.aligned_mean);
  const std::string misaligned_label = with_number("other pairs (mean %.3f)", both.misaligned_mean);
  draw_figure(out, 720, 408, {title, aligned_label + ", " + misaligned_label + ", " + summary},
              [&](Canvas& canvas) {
                canvas.text({36, 38}, title, {.size = 18, .bold = true});
                const TextStyle style{.size = 12.5};
                double x = 36;
                for (const auto& [label, colour] :
                     {std::pair{aligned_label, kGreen}, std::pair{misaligned_label, kOrange}}) {
                  canvas.rectangle({x, 56}, 14, 12, colour.faded(0.4));
                  canvas.frame({x, 56}, 14, 12, 1.4, colour);
                  canvas.text({x + 21, 66.5}, label, style);
                  x += 21 + canvas.text_width(label, style) + 28;
                }
                canvas.text({684, 66.5}, summary, {.size = 12.5, .bold = true, .align = Align::kRight});
                draw_axes(canvas, area, {.x_label = "cosine similarity", .y_ticks = false});
                draw_bars(canvas, area, both.misaligned, kOrange);
                draw_bars(canvas, area, both.aligned, kGreen);
              });
  return overlap;
}

}  // namespace tandem
