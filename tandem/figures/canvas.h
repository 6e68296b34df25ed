// One drawing interface for PNG, SVG and PDF. Lengths are points; y runs down.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
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
  kPhotograph,  ///< smoothed when scaled; a JPEG inside SVG and PDF
  kCells,       ///< every pixel a square with sharp edges
};

/// The surface that a figure's drawing function draws on. SvgCanvas draws the same for pages.
class Canvas {
 public:
  Canvas(_cairo* context, const Theme& theme);
  virtual ~Canvas() = default;
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  const Theme& theme() const { return theme_; }
  /// Every text drawn, in order; the SVG file keeps them in its <metadata>.
  const std::vector<std::string>& words() const { return words_; }

  virtual void disc(Point centre, double radius, Colour fill);
  /// A disc with a thin rim in the paper's colour, which separates it from its neighbours.
  virtual void ringed_disc(Point centre, double radius, Colour fill);
  void triangle(Point centre, double radius, Colour fill);
  void line(Point from, Point to, double width, Colour colour);
  void dashed_line(Point from, Point to, double width, Colour colour);
  virtual void polyline(const std::vector<Point>& points, double width, Colour colour);
  virtual void dashed_polyline(const std::vector<Point>& points, double width, Colour colour);
  virtual void polygon(const std::vector<Point>& points, Colour fill);
  virtual void rectangle(Point corner, double width, double height, Colour fill);
  virtual void frame(Point corner, double width, double height, double line_width, Colour colour);

  /// The whole picture, stretched to that rectangle. Throws c10::ValueError if it is empty or its
  /// pixels do not fit its size.
  virtual void picture(Point corner, double width, double height, const RgbImage& image,
                       PictureKind kind = PictureKind::kPhotograph);

  /// `at` is on the baseline. Letters are drawn in the order of the characters: right-to-left
  /// scripts come out reversed. A character that DejaVu Sans lacks, such as most emoji, is an empty
  /// box.
  virtual void text(Point at, std::string_view text, const TextStyle& style);
  /// The same, running upwards.
  virtual void upward_text(Point at, std::string_view text, const TextStyle& style);
  virtual double text_width(std::string_view text, const TextStyle& style);

 protected:
  /// For a canvas that is not cairo's: it overrides everything that draws.
  explicit Canvas(const Theme& theme) : theme_(theme) {}

 private:
  _cairo* context_ = nullptr;
  Theme theme_;
  std::vector<std::string> words_;
};

/// The words of the text in lines of at most `width` points; a wider word is broken between
/// characters.
///
///   most_lines  text beyond this many lines is cut and ends in an ellipsis; 0: no limit
///
/// The widths are the same for every canvas. Throws c10::ValueError if most_lines is negative.
std::vector<std::string> wrapped_text(std::string_view text, double width, const TextStyle& style, int most_lines = 0);

/// The width in points of the text in one line, the same for every canvas.
double measured_width(std::string_view text, const TextStyle& style);

/// A description for readers who do not see the figure: the SVG's <title> and <desc>, the PDF's
/// title and subject.
struct FigureText {
  std::string title;
  std::string description;
};

/// A figure that is ready to be drawn. `draw` may refer to what its maker holds: it is called before
/// the maker returns.
struct Figure {
  double width = 0;  ///< points
  double height = 0;
  FigureText text;
  std::function<void(Canvas&)> draw;
  Theme theme;
};

/// Where a figure goes: into a file, or to a taker that draws it as a part of something larger, such
/// as a page.
class FigureTarget {
 public:
  using Taker = std::function<void(const Figure&)>;

  template <typename Path>
    requires std::is_convertible_v<const Path&, std::filesystem::path>
  FigureTarget(const Path& file) : file_(file) {}  // NOLINT(google-explicit-constructor): a path is a target.
  explicit FigureTarget(Taker taker) : taker_(std::move(taker)) {}

  const std::filesystem::path& file() const { return file_; }
  const Taker& taker() const { return taker_; }

 private:
  std::filesystem::path file_;
  Taker taker_;
};

/// Runs `draw` on a sheet of width x height points with the theme's paper. Writes it in the format
/// of the ending of `out`: .png (four pixels per point, 288 per inch), .svg (letters as outlines,
/// words in <metadata>) or .pdf (fonts embedded). The same drawing gives the same bytes. The file
/// is replaced atomically. A taker gets the figure instead.
/// Throws FileError if the ending is another, or the file cannot be written.
void draw_figure(const FigureTarget& target, double width, double height, const FigureText& text,
                 const std::function<void(Canvas&)>& draw, const Theme& theme = kLightTheme);

/// Throws FileError naming the known endings unless draw_figure can write the ending of `out`. For
/// checks before any work.
void check_figure_path(const std::filesystem::path& out);

}  // namespace tandem
