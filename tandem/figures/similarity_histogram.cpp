#include "tandem/figures/similarity_histogram.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "tandem/figures/axes.h"
#include "tandem/figures/canvas.h"
#include "tandem/figures/sheet.h"

namespace tandem {
namespace {

/// The bins that are drawn; shares of each side sum to 1.
struct Bars {
  double low = 0;
  double high = 0;
  std::vector<double> aligned;
  std::vector<double> misaligned;

  double tallest() const {
    return std::max(*std::max_element(aligned.begin(), aligned.end()),
                    *std::max_element(misaligned.begin(), misaligned.end()));
  }
};

std::vector<double> shares(const std::vector<std::int64_t>& counts, std::size_t first, std::size_t last) {
  const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  std::vector<double> share;
  for (std::size_t i = first; i <= last; ++i) share.push_back(static_cast<double>(counts[i]) / total);
  return share;
}

Bars bars_of(const SimilarityHistogram& histogram) {
  const auto holds_any = [](const std::vector<std::int64_t>& counts) {
    return std::any_of(counts.begin(), counts.end(), [](std::int64_t count) { return count > 0; });
  };
  TORCH_CHECK_VALUE(histogram.aligned.size() == histogram.misaligned.size() && holds_any(histogram.aligned) &&
                        holds_any(histogram.misaligned),
                    "draw_similarity_histogram: both sides need values in the same number of bins, got ",
                    histogram.aligned.size(), " and ", histogram.misaligned.size(), " bins");
  const std::size_t bins = histogram.aligned.size();
  std::size_t first = bins, last = 0;
  for (std::size_t i = 0; i < bins; ++i) {
    if (histogram.aligned[i] + histogram.misaligned[i] == 0) continue;
    first = std::min(first, i);
    last = i;
  }
  const double width = (histogram.high - histogram.low) / static_cast<double>(bins);
  return {.low = histogram.low + width * static_cast<double>(first),
          .high = histogram.low + width * static_cast<double>(last + 1),
          .aligned = shares(histogram.aligned, first, last),
          .misaligned = shares(histogram.misaligned, first, last)};
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
  canvas.polyline(outline, 0.8, colour);
}

std::string with_number(const char* format, double number) {
  char text[96];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

}  // namespace

void draw_similarity_histogram(const FigureTarget& out, const SimilarityHistogram& histogram, const std::string& title,
                               const std::string& note, const Theme& theme) {
  const Bars bars = bars_of(histogram);
  constexpr double kLegend = 26;
  constexpr double kChart = 110;
  constexpr double kBody = kLegend + kChart + kAxesBelow;
  const Sheet sheet(kColumnWidth, title, note);
  const ChartArea area{.corner = {kSheetMargin + 4, sheet.body_top() + kLegend},
                       .width = sheet.body_width() - 8,
                       .height = kChart,
                       .low = {bars.low, 0},
                       .high = {bars.high, bars.tallest() * 1.06}};
  const std::string summary = with_number("overlap %.1f%%", 100 * histogram.overlap);
  const std::string aligned_label = with_number("true pairs (mean %.3f)", histogram.aligned_mean);
  const std::string misaligned_label = with_number("other pairs (mean %.3f)", histogram.misaligned_mean);
  const std::string description = aligned_label + ", " + misaligned_label + ", " + summary + ". " + note;
  const auto draw = [&](Canvas& canvas) {
    sheet.draw(canvas, kBody);
    double y = sheet.body_top() + 9;
    canvas.text({sheet.width() - kSheetMargin, y}, summary, {.size = kLabelSize, .bold = true, .align = Align::kRight});
    for (const auto& [label, colour] :
         {std::pair{aligned_label, theme.aligned}, std::pair{misaligned_label, theme.misaligned}}) {
      canvas.rectangle({area.corner.x, y - 6}, 9, 6.5, colour.faded(0.4));
      canvas.frame({area.corner.x, y - 6}, 9, 6.5, 0.8, colour);
      canvas.text({area.corner.x + 13, y}, label, {.size = kLabelSize});
      y += kLineHeight;
    }
    draw_axes(canvas, area, {.heading = "", .x_label = "cosine similarity", .y_ticks = false});
    draw_bars(canvas, area, bars.misaligned, theme.misaligned);
    draw_bars(canvas, area, bars.aligned, theme.aligned);
  };
  draw_figure(out, sheet.width(), sheet.height(kBody), {title, description}, draw, theme);
}

}  // namespace tandem
