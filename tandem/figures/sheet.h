// The common layout of all still figures: widths that fit a paper's columns, letter sizes that can
// be read there, a title above and a note below.
#pragma once

#include <string>
#include <vector>

#include "tandem/figures/canvas.h"

namespace tandem {

inline constexpr double kColumnWidth = 245;  ///< points, 3.4 inches: one of two columns
inline constexpr double kPageWidth = 504;    ///< points, 7 inches: both columns
inline constexpr double kSheetMargin = 8;

inline constexpr double kTitleSize = 9;
inline constexpr double kLabelSize = 8;
inline constexpr double kLineHeight = 10.5;

/// A sheet whose title and note are wrapped to its width; the body lies between them.
class Sheet {
 public:
  /// `width` in points. An empty `note` leaves no lines below the body.
  Sheet(double width, const std::string& title, const std::string& note);

  double width() const { return width_; }
  double body_width() const { return width_ - 2 * kSheetMargin; }
  double body_top() const;
  /// The height of the whole sheet for a body of this height.
  double height(double body_height) const;
  /// Draws title and note around a body of this height.
  void draw(Canvas& canvas, double body_height) const;

 private:
  double width_;
  std::vector<std::string> title_;
  std::vector<std::string> note_;
};

}  // namespace tandem
