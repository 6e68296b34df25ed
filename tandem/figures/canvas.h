// One drawing code for PNG, SVG and PDF. Lengths are points, y runs down.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/figures/palette.h"
#include "tandem/images/rgb_image.h"

struct _cairo;

namespace tandem {

enum class Align { kLeft, kCentre, kRight };

struct TextStyle {
  double size = 12;
  bool bold = false;
  Align align = Align::kLeft;
  std::optional<Colour> colour = std::nullopt;  ///< nothing: the theme's ink
};

struct Point {
  double x = 0;
  double y = 0;
};

enum class PictureKind {
  kPhotograph,  ///< smoothed where it is scaled; a JPEG inside SVG and PDF
  kCells,       ///< every pixel a square with sharp edges
};

/// What a figure's drawing function draws on.
class Canvas {
 public:
  Canvas(_cairo* context, const Theme& theme);

  const Theme& theme() const { return theme_; }
  /// Every text drawn, in order: what the SVG file keeps in its <metadata>.
  const std::vector<std::string>& words() const { return words_; }

  void disc(Point centre, double radius, Colour fill);
  /// A disc with a thin rim of paper, which keeps neighbours apart.
  void ringed_disc(Point centre, double radius, Colour fill);
  void triangle(Point centre, double radius, Colour fill);
  void line(Point from, Point to, double width, Colour colour);
  void dashed_line(Point from, Point to, double width, Colour colour);
  void polyline(const std::vector<Point>& points, double width, Colour colour);
  void dashed_polyline(const std::vector<Point>& points, double width, Colour colour);
  void polygon(const std::vector<Point>& points, Colour fill);
  void rectangle(Point corner, double width, double height, Colour fill);
  void frame(Point corner, double width, double height, double line_width, Colour colour);

  /// The whole picture, stretched to that rectangle. Throws c10::ValueError if it is empty or its
  /// pixels do not fit its size.
  void picture(Point corner, double width, double height, const RgbImage& image,
               PictureKind kind = PictureKind::kPhotograph);

  /// `at` is on the baseline. Letters stand in the order of the characters: right-to-left scripts
  /// come out reversed, and a character that DejaVu Sans lacks, as most emoji, is an empty box.
  void text(Point at, std::string_view text, const TextStyle& style);
  /// The same, running upwards.
  void upward_text(Point at, std::string_view text, const TextStyle& style);
  double text_width(std::string_view text, const TextStyle& style);

 private:
  _cairo* context_;
  Theme theme_;
  std::vector<std::string> words_;
};

/// The text's words in lines of at most `width`; a word that is wider is broken between characters.
///   most_lines  what does not fit into so many is left out, and an ellipsis says so; 0: as many as
///               are needed
/// Widths are those of every canvas. Throws c10::ValueError if most_lines is negative.
std::vector<std::string> wrapped_text(std::string_view text, double width, const TextStyle& style, int most_lines = 0);

/// What a figure is about, for readers who do not see it: the SVG's <title> and <desc>, the PDF's
/// title and subject.
struct FigureText {
  std::string title;
  std::string description;
};

/// Runs `draw` on a sheet of width x height points in the theme's paper and writes it in the format
/// that the ending of `out` says: .png (four pixels a point, 288 an inch), .svg (letters as
/// outlines, words in <metadata>) or .pdf (fonts embedded). The same drawing gives the same bytes.
/// The file appears whole or not at all.
/// Throws FileError if the ending is another, or the file cannot be written.
void draw_figure(const std::filesystem::path& out, double width, double height, const FigureText& text,
                 const std::function<void(Canvas&)>& draw, const Theme& theme = kLightTheme);

/// Throws FileError naming the known ones unless the ending of `out` is one draw_figure writes. For
/// checks before work.
void check_figure_path(const std::filesystem::path& out);

}  // namespace tandem
