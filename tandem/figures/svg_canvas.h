// A canvas that writes SVG for pages: small, with real text, and with colours that follow the page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tandem/figures/canvas.h"

namespace tandem {

/// Draws as cairo's canvas does, but into SVG elements for the middle of a page. A colour of
/// kLightTheme becomes a class of its role ("f-image" for fills, "s-image" for strokes), which the
/// page's style sheet colours for light and dark. Other colours are written as they are. Text stays
/// text. Lengths are rounded to a hundredth of a point.
class SvgCanvas final : public Canvas {
 public:
  SvgCanvas();

  void disc(Point centre, double radius, Colour fill) override;
  void ringed_disc(Point centre, double radius, Colour fill) override;
  void polyline(const std::vector<Point>& points, double width, Colour colour) override;
  void dashed_polyline(const std::vector<Point>& points, double width, Colour colour) override;
  void polygon(const std::vector<Point>& points, Colour fill) override;
  void rectangle(Point corner, double width, double height, Colour fill) override;
  void frame(Point corner, double width, double height, double line_width, Colour colour) override;
  void picture(Point corner, double width, double height, const RgbImage& image,
               PictureKind kind = PictureKind::kPhotograph) override;
  void text(Point at, std::string_view text, const TextStyle& style) override;
  void upward_text(Point at, std::string_view text, const TextStyle& style) override;
  double text_width(std::string_view text, const TextStyle& style) override;

  /// The elements drawn so far as one <svg> element, which is as wide as its container.
  ///
  ///   width, height  of the figure, in points
  ///   label          what readers who do not see the figure hear
  std::string element(double width, double height, std::string_view label) const;

 private:
  void add(const std::string& style, const std::string& shape);

  std::string body_;
  std::string group_;  ///< style of the group that is open; empty: none is
};

/// The figure as an <svg> element for a page, its label being the figure's title and description.
std::string svg_element(const Figure& figure);

}  // namespace tandem
