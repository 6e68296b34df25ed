#include "tandem/figures/interval_chart.h"

#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/base/number_text.h"
#include "tandem/figures/axes.h"
#include "tandem/figures/sheet.h"

namespace tandem {
namespace {

constexpr double kRow = 14, kHeading = 19;
constexpr double kLabels = 88, kValues = 68;  // points for the labels at the left and the numbers at the right
constexpr double kLegendLine = 13;

void check_percentage(double value) {
  TORCH_CHECK_VALUE(value >= 0 && value <= 100, "draw_interval_chart: numbers must be from 0 to 100, got ", value);
}

/// The largest number of the chart.
double checked_reach(const std::vector<IntervalGroup>& groups) {
  double reach = 0;
  bool has_row = false;
  for (const IntervalGroup& group : groups) {
    for (const IntervalRow& row : group.rows) {
      has_row = true;
      for (const double value : {row.value, row.low, row.high, row.other.value_or(0), row.chance.value_or(0)}) {
        check_percentage(value);
        reach = std::max(reach, value);
      }
    }
    check_percentage(group.line.value_or(0));
    reach = std::max(reach, group.line.value_or(0));
  }
  TORCH_CHECK_VALUE(has_row, "draw_interval_chart: at least one row is needed, got none");
  return reach;
}

double rows_height(const std::vector<IntervalGroup>& groups) {
  double height = 0;
  for (const IntervalGroup& group : groups)
    height += (group.heading.empty() ? 6 : kHeading) + kRow * static_cast<double>(group.rows.size());
  return height;
}

std::string value_text(const IntervalRow& row) {
  if (row.low == row.value && row.high == row.value) return decimal(row.value, 1);
  return decimal(row.value, 1) + " (" + decimal(row.low, 1) + "–" + decimal(row.high, 1) + ")";
}

void draw_row(Canvas& canvas, const ChartArea& area, const IntervalRow& row, double y, Colour colour) {
  const auto at = [&](double value) { return Point{area.place({value, 0}).x, y}; };
  const std::vector<std::string> label = wrapped_text(row.label, kLabels - 4, {.size = 7.2}, 1);
  canvas.text({kSheetMargin, y + 2.8}, label.empty() ? "" : label.front(), {.size = 7.2});
  canvas.line({area.corner.x, y}, {area.corner.x + area.width, y}, 0.4, canvas.theme().rule);
  if (row.chance) {
    const Point tick = at(*row.chance);
    canvas.line({tick.x, y - 4}, {tick.x, y + 4}, 1, canvas.theme().soft_ink);
  }
  if (row.high > row.low) canvas.line(at(row.low), at(row.high), 2.4, colour.faded(0.4));
  if (row.other) {
    canvas.disc(at(*row.other), 2.6, colour);
    canvas.disc(at(*row.other), 1.7, canvas.theme().paper);
  }
  canvas.disc(at(row.value), 2.6, colour);
  canvas.text({area.corner.x + area.width + kValues + 2, y + 2.8}, value_text(row),
              {.size = 7, .align = Align::kRight, .colour = canvas.theme().ink});
}

/// The signs of the chart and their names, in as many lines as they need.
class LegendOfIntervals {
 public:
  explicit LegendOfIntervals(const IntervalChartText& text) {
    const TextStyle style{.size = 7};
    double x = 0;
    for (const auto& [sign, name] : {std::pair{'v', text.value_name}, std::pair{'o', text.other_name},
                                     std::pair{'c', text.chance_name}, std::pair{'l', text.line_name}}) {
      if (name.empty()) continue;
      const double width = 11 + measured_width(name, style) + 10;
      if (x > 0 && x + width > kColumnWidth - 2 * kSheetMargin) {
        x = 0;
        ++lines_;
      }
      entries_.push_back({sign, name, x, lines_});
      x += width;
    }
    if (!entries_.empty()) ++lines_;
  }

  double height() const { return lines_ == 0 ? 0 : 5 + kLegendLine * lines_; }

  void draw(Canvas& canvas, double top) const {
    const Theme& theme = canvas.theme();
    for (const Entry& entry : entries_) {
      const Point at{kSheetMargin + entry.x + 4, top + 8 + kLegendLine * entry.line};
      if (entry.sign == 'v' || entry.sign == 'o') canvas.disc(at, 2.6, theme.soft_ink);
      if (entry.sign == 'o') canvas.disc(at, 1.7, theme.paper);
      if (entry.sign == 'c') canvas.line({at.x, at.y - 4}, {at.x, at.y + 4}, 1, theme.soft_ink);
      if (entry.sign == 'l') canvas.dashed_line({at.x, at.y - 5}, {at.x, at.y + 5}, 0.8, theme.soft_ink);
      canvas.text({at.x + 7, at.y + 2.5}, entry.name, {.size = 7, .colour = theme.soft_ink});
    }
  }

 private:
  struct Entry {
    char sign;
    std::string name;
    double x;
    int line;
  };
  std::vector<Entry> entries_;
  int lines_ = 0;
};

}  // namespace

void draw_interval_chart(const FigureTarget& out, const std::vector<IntervalGroup>& groups,
                         const IntervalChartText& text, const Theme& theme) {
  const double reach = std::min(100.0, std::max(checked_reach(groups), 1.0));
  const Sheet sheet(kColumnWidth, "", "");
  const LegendOfIntervals legend(text);
  const double rows = rows_height(groups);
  const ChartArea area{.corner = {kSheetMargin + kLabels, sheet.body_top()},
                       .width = sheet.body_width() - kLabels - kValues - 2,
                       .height = rows + 3,
                       .low = {0, 0},
                       .high = {reach, 1}};
  const double body = rows + 3 + kAxesBelow + legend.height();
  const auto draw = [&](Canvas& canvas) {
    draw_axes(canvas, area, {.heading = "", .x_label = text.axis, .y_ticks = false});
    double y = area.corner.y;
    for (const IntervalGroup& group : groups) {
      const Colour colour = group.by_text ? theme.text : theme.image;
      if (!group.heading.empty())
        canvas.text({kSheetMargin, y + 13}, group.heading, {.size = kLabelSize, .bold = true, .colour = colour});
      y += group.heading.empty() ? 6 : kHeading;
      const double bottom = y + kRow * static_cast<double>(group.rows.size());
      if (group.line) {
        const double x = area.place({*group.line, 0}).x;
        canvas.dashed_line({x, y - 1}, {x, bottom - 1}, 0.8, theme.soft_ink);
      }
      for (const IntervalRow& row : group.rows) {
        draw_row(canvas, area, row, y + kRow / 2, colour);
        y += kRow;
      }
    }
    legend.draw(canvas, area.corner.y + area.height + kAxesBelow);
  };
  std::string description;
  for (const IntervalGroup& group : groups) {
    for (const IntervalRow& row : group.rows)
      description += group.heading + ", " + row.label + ": " + value_text(row) + "%. ";
  }
  draw_figure(out, sheet.width(), sheet.height(body), {text.title, description}, draw, theme);
}

}  // namespace tandem
