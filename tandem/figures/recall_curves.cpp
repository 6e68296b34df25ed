#include "tandem/figures/recall_curves.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cstdio>

#include "tandem/figures/axes.h"
#include "tandem/figures/sheet.h"

namespace tandem {
namespace {

constexpr double kChart = 150;

void check_band(const char* name, const RecallBand& band, std::size_t length) {
  TORCH_CHECK_VALUE(!band.recall.empty() && band.recall.size() == length,
                    "draw_recall_curves: both curves must be as long, at least 1, got ", band.recall.size(), " of ",
                    name, " and ", length);
  const auto check = [&](const char* part, const std::vector<double>& values, bool may_be_empty) {
    TORCH_CHECK_VALUE(values.size() == length || (may_be_empty && values.empty()), "draw_recall_curves: ", part, " of ",
                      name, " must have ", length, " entries, got ", values.size());
    for (const double value : values) {
      TORCH_CHECK_VALUE(value >= 0 && value <= 100, "draw_recall_curves: ", part, " of ", name,
                        " must be from 0 to 100, got ", value);
    }
  };
  check("recall", band.recall, false);
  check("low", band.low, true);
  check("high", band.high, !band.low.empty() ? false : true);
  check("chance", band.chance, true);
  TORCH_CHECK_VALUE(band.low.size() == band.high.size(), "draw_recall_curves: low and high of ", name,
                    " must be as long, got ", band.low.size(), " and ", band.high.size());
}

std::vector<Point> placed(const ChartArea& area, const std::vector<double>& values) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < values.size(); ++i) points.push_back(area.place({static_cast<double>(i + 1), values[i]}));
  return points;
}

void draw_band(Canvas& canvas, const ChartArea& area, const RecallBand& band, Colour colour) {
  std::vector<Point> outline = placed(area, band.high);
  const std::vector<Point> low = placed(area, band.low);
  outline.insert(outline.end(), low.rbegin(), low.rend());
  if (outline.size() > 2) canvas.polygon(outline, colour.faded(0.25));
  if (band.chance.size() > 1) canvas.dashed_polyline(placed(area, band.chance), 0.7, colour);
  if (band.recall.size() > 1) canvas.polyline(placed(area, band.recall), 1.1, colour);
}

/// The values that papers print, near the curves: those of the upper curve above it.
void draw_marks(Canvas& canvas, const ChartArea& area, const RecallBand& band, const RecallBand& other, Colour colour) {
  for (const std::size_t k : {1U, 5U, 10U}) {
    if (k > band.recall.size()) break;
    const Point at = area.place({static_cast<double>(k), band.recall[k - 1]});
    canvas.disc(at, 1.7, colour);
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", band.recall[k - 1]);
    const bool above =
        band.recall[k - 1] > other.recall[k - 1] || (band.recall[k - 1] == other.recall[k - 1] && &band < &other);
    // Above k = 1 both curves rise; to their right is space.
    const Point spot = !above   ? Point{at.x + 3, at.y + 11}
                       : k == 1 ? Point{at.x + 10, at.y + 2.8}
                                : Point{at.x - 1, at.y - 6};
    canvas.text(spot, text,
                {.size = kLabelSize, .align = above && k > 1 ? Align::kRight : Align::kLeft, .colour = colour});
  }
}

struct LegendLine {
  std::string label;
  Colour colour;
  bool dashed = false;
};

constexpr double kLegendGap = 4;               // between the axis' label and the legend
constexpr double kStroke = 16, kLabelAt = 20;  // of a legend entry: its line, and where its words begin

/// The entries of the legend in rows below the chart, where no curve comes.
class RecallLegend {
 public:
  RecallLegend(const std::vector<LegendLine>& lines, double width) {
    double x = width;
    for (const LegendLine& line : lines) {
      const double wanted = kLabelAt + measured_width(line.label, kStyle) + 10;
      if (x + wanted > width + 10) {
        ++rows_;
        x = 0;
      }
      entries_.push_back({line, {x, kLegendGap + kLineHeight * static_cast<double>(rows_)}});
      x += wanted;
    }
  }

  double height() const { return kLegendGap + kLineHeight * static_cast<double>(rows_) + 2; }

  void draw(Canvas& canvas, Point corner) const {
    for (const auto& [line, at] : entries_) {
      const Point place{corner.x + at.x, corner.y + at.y};
      const std::vector<Point> stroke{{place.x, place.y - 2.8}, {place.x + kStroke, place.y - 2.8}};
      if (line.dashed) {
        canvas.dashed_polyline(stroke, 0.7, line.colour);
      } else {
        canvas.polyline(stroke, 1.4, line.colour);
      }
      canvas.text({place.x + kLabelAt, place.y}, line.label, kStyle);
    }
  }

 private:
  struct Entry {
    LegendLine line;
    Point at;  ///< of its baseline
  };
  inline static const TextStyle kStyle{.size = kLabelSize};
  std::vector<Entry> entries_;
  int rows_ = 0;
};

}  // namespace

void draw_recall_curves(const FigureTarget& out, const RecallBand& image_to_text, const RecallBand& text_to_image,
                        const std::string& title, const std::string& note, const Theme& theme) {
  const std::size_t length = text_to_image.recall.size();
  check_band("image_to_text", image_to_text, length);
  check_band("text_to_image", text_to_image, length);
  const Sheet sheet(kColumnWidth, title, note);
  const double room = length == 1 ? 0.5 : 0;
  const ChartArea area{.corner = {kSheetMargin + kAxesLeft, sheet.body_top() + kAxesAbove},
                       .width = sheet.body_width() - kAxesLeft - 6,
                       .height = kChart,
                       .low = {1 - room, 0},
                       .high = {static_cast<double>(length) + room, 100}};
  std::vector<LegendLine> lines{{"picture to caption", theme.image}, {"caption to picture", theme.text}};
  if (!image_to_text.chance.empty() || !text_to_image.chance.empty()) lines.push_back({"chance", theme.soft_ink, true});
  const RecallLegend legend(lines, sheet.body_width());
  const double body = kAxesAbove + kChart + kAxesBelow + legend.height();
  const auto draw = [&](Canvas& canvas) {
    sheet.draw(canvas, body);
    draw_axes(canvas, area, {.heading = "Recall@k, %", .x_label = "k", .whole_x = true});
    draw_band(canvas, area, image_to_text, theme.image);
    draw_band(canvas, area, text_to_image, theme.text);
    draw_marks(canvas, area, image_to_text, text_to_image, theme.image);
    draw_marks(canvas, area, text_to_image, image_to_text, theme.text);
    legend.draw(canvas, {kSheetMargin, area.corner.y + kChart + kAxesBelow});
  };
  draw_figure(out, sheet.width(), sheet.height(body),
              {title, "Recall at k = 1 to " + std::to_string(length) + ", from pictures to captions and back. " + note},
              draw, theme);
}

}  // namespace tandem
