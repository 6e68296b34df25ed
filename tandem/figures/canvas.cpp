#include "tandem/figures/canvas.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>

#include <cmath>
#include <memory>
#include <numbers>
#include <sstream>

#include "tandem/base/errors.h"
#include "tandem/figures/page_template.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

constexpr double kPixelsPerPoint = 2;

struct FreeCairo {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using Surface = std::unique_ptr<cairo_surface_t, FreeCairo>;
using Context = std::unique_ptr<cairo_t, FreeCairo>;

cairo_status_t append(void* to, const unsigned char* bytes, unsigned int count) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), count);
  return CAIRO_STATUS_SUCCESS;
}

void set_colour(cairo_t* context, Colour colour) {
  cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, colour.alpha);
}

void set_font(cairo_t* context, const TextStyle& style) {
  cairo_select_font_face(context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                         style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(context, style.size);
}

void trace(cairo_t* context, const std::vector<Point>& points) {
  cairo_new_path(context);
  for (const Point& point : points) cairo_line_to(context, point.x, point.y);
}

// Cairo writes letters as outlines; title and description keep the words in the file.
std::string with_words(const std::string& svg, const FigureText& text) {
  const std::size_t root = svg.find("<svg");
  const std::size_t end = root == std::string::npos ? root : svg.find('>', root);
  if (end == std::string::npos) return svg;
  return svg.substr(0, end) + " role=\"img\">\n<title>" + html_text(text.title) + "</title>\n<desc>" +
         html_text(text.description) + "</desc>" + svg.substr(end + 1);
}

}  // namespace

void Canvas::disc(Point centre, double radius, Colour fill) {
  cairo_new_path(context_);
  cairo_arc(context_, centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
  set_colour(context_, fill);
  cairo_fill(context_);
}

void Canvas::ringed_disc(Point centre, double radius, Colour fill) {
  disc(centre, radius, fill);
  cairo_new_path(context_);
  cairo_arc(context_, centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
  set_colour(context_, kPaper.faded(0.8));
  cairo_set_line_width(context_, std::min(0.8, radius / 5));
  cairo_stroke(context_);
}

void Canvas::triangle(Point centre, double radius, Colour fill) {
  const double half = radius * std::numbers::sqrt3 / 2;
  polygon({{centre.x, centre.y - radius},
           {centre.x + half, centre.y + radius / 2},
           {centre.x - half, centre.y + radius / 2}},
          fill);
}

void Canvas::line(Point from, Point to, double width, Colour colour) { polyline({from, to}, width, colour); }

void Canvas::dashed_line(Point from, Point to, double width, Colour colour) {
  const double dashes[] = {4, 3};
  cairo_set_dash(context_, dashes, 2, 0);
  polyline({from, to}, width, colour);
  cairo_set_dash(context_, nullptr, 0, 0);
}

void Canvas::polyline(const std::vector<Point>& points, double width, Colour colour) {
  trace(context_, points);
  set_colour(context_, colour);
  cairo_set_line_width(context_, width);
  cairo_set_line_join(context_, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke(context_);
}

void Canvas::polygon(const std::vector<Point>& points, Colour fill) {
  trace(context_, points);
  cairo_close_path(context_);
  set_colour(context_, fill);
  cairo_fill(context_);
}

void Canvas::rectangle(Point corner, double width, double height, Colour fill) {
  cairo_rectangle(context_, corner.x, corner.y, width, height);
  set_colour(context_, fill);
  cairo_fill(context_);
}

void Canvas::frame(Point corner, double width, double height, double line_width, Colour colour) {
  cairo_rectangle(context_, corner.x, corner.y, width, height);
  set_colour(context_, colour);
  cairo_set_line_width(context_, line_width);
  cairo_stroke(context_);
}

void Canvas::text(Point at, std::string_view text, const TextStyle& style) {
  const double width = style.align == Align::kLeft ? 0 : text_width(text, style);
  set_font(context_, style);
  set_colour(context_, style.colour);
  cairo_move_to(context_, at.x - (style.align == Align::kCentre ? width / 2 : width), at.y);
  cairo_show_text(context_, std::string(text).c_str());
  cairo_new_path(context_);
}

double Canvas::text_width(std::string_view text, const TextStyle& style) {
  set_font(context_, style);
  cairo_text_extents_t extents = {};
  cairo_text_extents(context_, std::string(text).c_str(), &extents);
  return extents.x_advance;
}

std::vector<std::string> Canvas::wrapped(std::string_view text, double width, const TextStyle& style) {
  std::vector<std::string> lines;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    const std::string longer = lines.empty() ? word : lines.back() + " " + word;
    if (lines.empty() || text_width(longer, style) > width) {
      lines.push_back(word);
    } else {
      lines.back() = longer;
    }
  }
  return lines;
}

void check_figure_path(const std::filesystem::path& out) {
  const std::string ending = out.extension().string();
  if (ending != ".png" && ending != ".svg" && ending != ".pdf") {
    throw FileError(out, "a figure's name to end in .png, .svg or .pdf",
                    ending.empty() ? "no ending" : ending);
  }
}

void draw_figure(const std::filesystem::path& out, double width, double height, const FigureText& text,
                 const std::function<void(Canvas&)>& draw) {
  check_figure_path(out);
  const std::string ending = out.extension().string();
  std::string bytes;
  Surface surface(ending == ".svg" ? cairo_svg_surface_create_for_stream(append, &bytes, width, height)
                  : ending == ".pdf"
                      ? cairo_pdf_surface_create_for_stream(append, &bytes, width, height)
                      : cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                                   static_cast<int>(std::lround(width * kPixelsPerPoint)),
                                                   static_cast<int>(std::lround(height * kPixelsPerPoint))));
  if (ending == ".pdf") {
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, text.title.c_str());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_SUBJECT, text.description.c_str());
  }
  Context context(cairo_create(surface.get()));
  if (ending == ".png") cairo_scale(context.get(), kPixelsPerPoint, kPixelsPerPoint);
  set_colour(context.get(), kPaper);
  cairo_paint(context.get());
  Canvas canvas(context.get());
  draw(canvas);

  cairo_status_t status = cairo_status(context.get());
  if (ending == ".png" && status == CAIRO_STATUS_SUCCESS) {
    status = cairo_surface_write_to_png_stream(surface.get(), append, &bytes);
  }
  context.reset();
  cairo_surface_finish(surface.get());
  if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface.get());
  if (status != CAIRO_STATUS_SUCCESS) {
    throw FileError(out, "a figure that cairo can draw", cairo_status_to_string(status));
  }
  write_file(out, ending == ".svg" ? with_words(bytes, text) : bytes);
}

}  // namespace tandem
