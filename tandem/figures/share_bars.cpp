#include "tandem/figures/share_bars.h"

#include <c10/util/Exception.h>

#include <numeric>

#include "tandem/base/number_text.h"
#include "tandem/figures/sheet.h"

namespace tandem {
namespace {

constexpr double kBarHeight = 15, kBarPitch = 34;
constexpr double kKeyLine = 13;

std::int64_t total_of(const ShareBar& bar) {
  return std::accumulate(bar.counts.begin(), bar.counts.end(), std::int64_t{0});
}

void check_bars(const std::vector<SharePart>& parts, const std::vector<ShareBar>& bars) {
  TORCH_CHECK_VALUE(!bars.empty(), "draw_share_bars: at least one bar is needed, got none");
  for (const ShareBar& bar : bars) {
    TORCH_CHECK_VALUE(bar.counts.size() == parts.size(), "draw_share_bars: every bar needs ", parts.size(),
                      " counts, got ", bar.counts.size());
    for (const std::int64_t count : bar.counts)
      TORCH_CHECK_VALUE(count >= 0, "draw_share_bars: counts must be at least 0, got ", count);
    TORCH_CHECK_VALUE(total_of(bar) > 0, "draw_share_bars: a bar must not be empty: ", bar.label);
  }
}

std::string share_text(std::int64_t count, std::int64_t total) {
  return decimal(100.0 * static_cast<double>(count) / static_cast<double>(total), 1) + "%";
}

/// Names of the parts beside squares of their colours, in as many lines as they need.
double draw_keys(Canvas* canvas, const std::vector<SharePart>& parts, double top, double width) {
  const TextStyle style{.size = 7};
  double x = 0, y = top;
  for (const SharePart& part : parts) {
    const double needed = 11 + measured_width(part.name, style) + 9;
    if (x > 0 && x + needed > width) {
      x = 0;
      y += kKeyLine;
    }
    if (canvas != nullptr) {
      canvas->rectangle({kSheetMargin + x, y + 3}, 7, 7, (canvas->theme().*part.colour).faded(part.opacity));
      canvas->text({kSheetMargin + x + 11, y + 9}, part.name, {.size = 7, .colour = canvas->theme().soft_ink});
    }
    x += needed;
  }
  return y + kKeyLine - top;
}

void draw_bar(Canvas& canvas, const std::vector<SharePart>& parts, const ShareBar& bar, Point corner, double width) {
  const std::int64_t total = total_of(bar);
  canvas.text({corner.x, corner.y + 8}, bar.label, {.size = kLabelSize});
  double x = corner.x;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const double part = width * static_cast<double>(bar.counts[i]) / static_cast<double>(total);
    if (part > 0) {
      const double gap = part > 2 ? 0.8 : 0;
      canvas.rectangle({x, corner.y + 12}, part - gap, kBarHeight,
                       (canvas.theme().*parts[i].colour).faded(parts[i].opacity));
      const std::string share = share_text(bar.counts[i], total);
      if (measured_width(share, {.size = 7}) + 5 < part) {
        const Colour letters = parts[i].opacity > 0.7 ? canvas.theme().paper : canvas.theme().ink;
        canvas.text({x + 3, corner.y + 12 + kBarHeight / 2 + 2.6}, share, {.size = 7, .colour = letters});
      }
    }
    x += part;
  }
}

}  // namespace

void draw_share_bars(const FigureTarget& out, const std::vector<SharePart>& parts, const std::vector<ShareBar>& bars,
                     const std::string& title, const Theme& theme) {
  check_bars(parts, bars);
  const Sheet sheet(kColumnWidth, "", "");
  const double bars_height = kBarPitch * static_cast<double>(bars.size());
  const double body = bars_height + 2 + draw_keys(nullptr, parts, 0, sheet.body_width());
  const auto draw = [&](Canvas& canvas) {
    double y = sheet.body_top();
    for (const ShareBar& bar : bars) {
      draw_bar(canvas, parts, bar, {kSheetMargin, y}, sheet.body_width());
      y += kBarPitch;
    }
    draw_keys(&canvas, parts, y + 2, sheet.body_width());
  };
  std::string description;
  for (const ShareBar& bar : bars) {
    for (std::size_t i = 0; i < parts.size(); ++i)
      description += bar.label + ", " + parts[i].name + ": " + share_text(bar.counts[i], total_of(bar)) + ". ";
  }
  draw_figure(out, sheet.width(), sheet.height(body), {title, description}, draw, theme);
}

}  // namespace tandem
