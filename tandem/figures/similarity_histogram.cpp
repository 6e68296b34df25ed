#include "tandem/figures/similarity_histogram.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "tandem/figures/axes.h"
#include "tandem/figures/canvas.h"

namespace tandem {
namespace {

/// The bins that are drawn; shares of each side sum to 1.
struct Bars {
  double low = 0;
  double high = 0;
  std::vector<double> aligned;
  std::vector<double> misaligned;

  double tallest() const { return std::max(*std::max_element(aligned.begin(), aligned.end()), *std::max_element(misaligned.begin(), misaligned.end())); }
};

std::vector<double> shares(const std::vector<std::int64_t>& counts, std::size_t first, std::size_t last) {
  const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  std::vector<double> share;
  for (std::size_t i = first; i <= last; ++i) share.push_back(static_cast<double>(counts[i]) / total);
  return share;
}

Bars bars_of(const SimilarityHistogram& histogram) {
  const auto holds_any = [](const std::vector<std::int64_t>& counts) { return std::any_of(counts.begin(), counts.end(), [](std::int64_t count) { return count > 0; }); };
  TORCH_CHECK_VALUE(histogram.aligned.size() == histogram.misaligned.size() && holds_any(histogram.aligned) && holds_any(histogram.misaligned),
                    "draw_similarity_histogram: both sides need values in the same number of bins, got ", histogram.aligned.size(), " and ", histogram.misaligned.size(), " bins");
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
  canvas.polyline(outline, 1.4, colour);
}

std::string with_number(const char* format, double number) {
  char text[96];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

}  // namespace

void draw_similarity_histogram(const std::filesystem::path& out, const SimilarityHistogram& histogram, const std::string& title) {
  const Bars bars = bars_of(histogram);
  const ChartArea area{.corner = {36, 96}, .width = 648, .height = 256, .low = {bars.low, 0}, .high = {bars.high, bars.tallest() * 1.06}};
  const std::string summary = with_number("overlap %.1f%%", 100 * histogram.overlap);
  const std::string aligned_label = with_number("true pairs (mean %.3f)", histogram.aligned_mean);
  const std::string misaligned_label = with_number("other pairs (mean %.3f)", histogram.misaligned_mean);
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
                draw_bars(canvas, area, bars.misaligned, kOrange);
                draw_bars(canvas, area, bars.aligned, kGreen);
              });
}

}  // namespace tandem
