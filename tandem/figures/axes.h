// The frame of a small chart: ticks at round numbers, grid lines, a heading.
#pragma once

#include <string>
#include <vector>

#include "tandem/figures/canvas.h"

namespace tandem {

/// A rectangle of the sheet that shows the values from `low` to `high` in x and y.
struct ChartArea {
  Point corner;  ///< upper left
  double width = 0;
  double height = 0;
  Point low;
  Point high;

  Point place(Point value) const;
};

/// Round numbers (1, 2 or 5 times a power of ten) within [low, high], about `wanted` of them.
std::vector<double> round_ticks(double low, double high, int wanted);

/// The text of a tick, with as many decimals as the step of `ticks` needs.
std::string tick_text(double tick, const std::vector<double>& ticks);

/// Space in points that draw_axes needs around the area: for the heading, the numbers of the y
/// axis, and the numbers and label of the x axis.
inline constexpr double kAxesAbove = 16, kAxesLeft = 26, kAxesBelow = 25;

struct AxesText {
  std::string heading;
  std::string x_label;
  bool whole_x = false;  ///< only whole numbers on the x axis, as for epochs
  bool y_ticks = true;
};

void draw_axes(Canvas& canvas, const ChartArea& area, const AxesText& text);

}  // namespace tandem
