// Percentages with their intervals as dots and whiskers, one row each.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tandem/figures/canvas.h"

namespace tandem {

/// One percentage. All numbers are from 0 to 100.
struct IntervalRow {
  std::string label;  ///< "R@1"; cut if it is too long
  double value = 0;
  double low = 0;  ///< ends of the interval; equal to `value`: no whisker
  double high = 0;
  std::optional<double> other;   ///< another value of the same measure, drawn as a ring
  std::optional<double> chance;  ///< drawn as a tick
};

/// Rows of one kind, in one colour.
struct IntervalGroup {
  std::string heading;
  bool by_text = false;  ///< captions are the queries: the captions' colour; otherwise the pictures'
  std::vector<IntervalRow> rows;
  std::optional<double> line;  ///< a line through the rows, such as the mean of all
};

struct IntervalChartText {
  std::string axis;         ///< "recall, %"
  std::string value_name;   ///< in the legend; empty: no legend
  std::string other_name;   ///< of the rings; empty: not in the legend
  std::string chance_name;  ///< of the ticks; empty: not in the legend
  std::string line_name;    ///< of the lines; empty: not in the legend
  std::string title;        ///< for readers who do not see the figure
};

/// Draws the rows, one column wide, with value and interval as text at their right. The axis begins
/// at 0.
/// Throws c10::ValueError if there is no row or a number is not from 0 to 100; FileError as
/// draw_figure does.
void draw_interval_chart(const FigureTarget& out, const std::vector<IntervalGroup>& groups,
                         const IntervalChartText& text, const Theme& theme = kLightTheme);

}  // namespace tandem
