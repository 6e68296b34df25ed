// A small chart's frame: ticks at round numbers, grid lines, a heading.
#pragma once

#include <string>
#include <vector>

#include "tandem/figures/canvas.h"

namespace tandem {

/// A rectangle of the sheet that shows x from low to high, y from low to high.
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

/// The shortest text of a tick among `ticks` that tells it from its neighbours.
std::string tick_text(double tick, const std::vector<double>& ticks);

/// Room that draw_axes takes around the area: for the heading, the y axis' numbers, and the x axis'
/// numbers and label.
inline constexpr double kAxesAbove = 16, kAxesLeft = 26, kAxesBelow = 25;

struct AxesText {
  std::string heading;
  std::string x_label;
  bool whole_x = false;  ///< only whole numbers on the x axis, as for epochs
  bool y_ticks = true;
};

void draw_axes(Canvas& canvas, const ChartArea& area, const AxesText& text);

}  // namespace tandem
