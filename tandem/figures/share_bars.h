// Shares of a whole as bars of coloured parts, one bar per row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/figures/canvas.h"

namespace tandem {

/// One kind of part, the same in all bars.
struct SharePart {
  std::string name;       ///< "rank 1", for the legend
  Colour Theme::*colour;  ///< which of the theme's
  double opacity = 1;
};

struct ShareBar {
  std::string label;
  std::vector<std::int64_t> counts;  ///< one per part
};

/// Draws the bars, one column wide. The share of a part is written into it where there is room.
/// Throws c10::ValueError if there is no bar, a bar has another number of parts, a count is negative
/// or a bar is empty; FileError as draw_figure does.
void draw_share_bars(const FigureTarget& out, const std::vector<SharePart>& parts, const std::vector<ShareBar>& bars,
                     const std::string& title, const Theme& theme = kLightTheme);

}  // namespace tandem
