// One drawing code for PNG, SVG and PDF. Lengths are points, y runs down.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/figures/palette.h"

struct _cairo;

namespace tandem {

enum class Align { kLeft, kCentre, kRight };

struct TextStyle {
  double size = 12;
  bool bold = false;
  Align align = Align::kLeft;
  Colour colour = kInk;
};

struct Point {
  double x = 0;
  double y = 0;
};

/// What a figure's drawing function draws on.
class Canvas {
 public:
  explicit Canvas(_cairo* context) : context_(context) {}

  void disc(Point centre, double radius, Colour fill);
  /// A disc with a thin rim of paper, which keeps neighbours apart.
  void ringed_disc(Point centre, double radius, Colour fill);
  void triangle(Point centre, double radius, Colour fill);
  void line(Point from, Point to, double width, Colour colour);
  void dashed_line(Point from, Point to, double width, Colour colour);
  void polyline(const std::vector<Point>& points, double width, Colour colour);
  void polygon(const std::vector<Point>& points, Colour fill);
  void rectangle(Point corner, double width, double height, Colour fill);
  void frame(Point corner, double width, double height, double line_width, Colour colour);

  /// `at` is on the baseline.
  void text(Point at, std::string_view text, const TextStyle& style);
  double text_width(std::string_view text, const TextStyle& style);
  /// The text's words in lines of at most `width`.
  std::vector<std::string> wrapped(std::string_view text, double width, const TextStyle& style);

 private:
  _cairo* context_;
};

/// What a figure is about, for readers who do not see it: the SVG's <title> and <desc>, the PDF's title and
/// subject.
struct FigureText {
  std::string title;
  std::string description;
};

/// Runs `draw` on a white sheet of width x height points and writes it in the format that the ending of `out`
/// says: .png (two pixels a point), .svg or .pdf. The file appears whole or not at all.
/// Throws FileError if the ending is another, or the file cannot be written.
void draw_figure(const std::filesystem::path& out, double width, double height, const FigureText& text,
                 const std::function<void(Canvas&)>& draw);

/// Throws FileError naming the known ones unless the ending of `out` is one draw_figure writes. For checks
/// before work.
void check_figure_path(const std::filesystem::path& out);

}  // namespace tandem
