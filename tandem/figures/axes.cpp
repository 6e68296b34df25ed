#include "tandem/figures/axes.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "tandem/figures/sheet.h"

namespace tandem {

Point ChartArea::place(Point value) const {
  return {corner.x + (value.x - low.x) / (high.x - low.x) * width,
          corner.y + height - (value.y - low.y) / (high.y - low.y) * height};
}

std::vector<double> round_ticks(double low, double high, int wanted) {
  if (!(high > low)) return {low};
  const double rough = (high - low) / std::max(wanted, 1);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * power >= rough) step = factor * power;
  }
  std::vector<double> ticks;
  for (double i = std::ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i) ticks.push_back(i * step);
  return ticks;
}

std::string tick_text(double tick, const std::vector<double>& ticks) {
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : std::max(std::abs(tick), 1.0);
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 9);
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, tick == 0 ? 0.0 : tick);
  return text;
}

void draw_axes(Canvas& canvas, const ChartArea& area, const AxesText& text) {
  const Theme& theme = canvas.theme();
  const TextStyle right{.size = kLabelSize, .align = Align::kRight, .colour = theme.soft_ink};
  const TextStyle centred{.size = kLabelSize, .align = Align::kCentre, .colour = theme.soft_ink};
  if (!text.heading.empty())
    canvas.text({area.corner.x, area.corner.y - 6}, text.heading, {.size = kTitleSize, .bold = true});
  const double bottom = area.corner.y + area.height;
  if (text.y_ticks) {
    const std::vector<double> ticks = round_ticks(area.low.y, area.high.y, 5);
    for (const double tick : ticks) {
      const double y = area.place({area.low.x, tick}).y;
      canvas.line({area.corner.x, y}, {area.corner.x + area.width, y}, 0.5, theme.rule);
      canvas.text({area.corner.x - 4, y + 2.8}, tick_text(tick, ticks), right);
    }
  }
  std::vector<double> ticks = round_ticks(area.low.x, area.high.x, std::max(static_cast<int>(area.width / 34), 2));
  if (text.whole_x) std::erase_if(ticks, [](double tick) { return tick != std::round(tick); });
  for (const double tick : ticks) {
    const double x = area.place({tick, area.low.y}).x;
    canvas.line({x, bottom}, {x, bottom + 2.5}, 0.6, theme.soft_ink);
    canvas.text({x, bottom + 11}, tick_text(tick, ticks), centred);
  }
  canvas.line({area.corner.x, bottom}, {area.corner.x + area.width, bottom}, 0.6, theme.soft_ink);
  canvas.text({area.corner.x + area.width / 2, bottom + 22}, text.x_label, centred);
}

}  // namespace tandem
