#include "tandem/figures/canvas.h"

#include <c10/util/Exception.h>
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <sstream>

#include "tandem/base/errors.h"
#include "tandem/figures/page_template.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

constexpr double kPixelsPerPoint = 4;
constexpr int kJpegQuality = 90;

struct FreeCairo {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
  void operator()(cairo_pattern_t* pattern) const { cairo_pattern_destroy(pattern); }
};
using Surface = std::unique_ptr<cairo_surface_t, FreeCairo>;
using Context = std::unique_ptr<cairo_t, FreeCairo>;
using Pattern = std::unique_ptr<cairo_pattern_t, FreeCairo>;

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

// Letters have the same width on pixels as on paper, so that lines break at the same words in every
// format.
void measure_alike(cairo_t* context) {
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_set_font_options(context, options);
  cairo_font_options_destroy(options);
}

double advance(cairo_t* context, std::string_view text, const TextStyle& style) {
  set_font(context, style);
  cairo_text_extents_t extents = {};
  cairo_text_extents(context, std::string(text).c_str(), &extents);
  return extents.x_advance;
}

/// Where the character that begins at `at` ends.
std::size_t character_end(std::string_view text, std::size_t at) {
  do ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
  return at;
}

/// How many bytes of the text, whole characters and at least one of them, are at most `width` wide.
std::size_t fitting_bytes(cairo_t* context, std::string_view text, double width, const TextStyle& style) {
  std::size_t fits = character_end(text, 0);
  while (fits < text.size()) {
    const std::size_t next = character_end(text, fits);
    if (advance(context, text.substr(0, next), style) > width) break;
    fits = next;
  }
  return fits;
}

Surface pixels_surface(const RgbImage& image) {
  Surface surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(image.width), static_cast<int>(image.height)));
  unsigned char* bytes = cairo_image_surface_get_data(surface.get());
  if (bytes == nullptr) return surface;  // Its status becomes the figure's status.
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  const std::uint8_t* sample = image.pixels.data();
  for (std::int64_t y = 0; y < image.height; ++y) {
    auto* row = reinterpret_cast<std::uint32_t*>(bytes + static_cast<std::size_t>(y) * stride);
    for (std::int64_t x = 0; x < image.width; ++x, sample += 3)
      row[x] = static_cast<std::uint32_t>(sample[0] << 16 | sample[1] << 8 | sample[2]);
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

/// SVG and PDF embed the picture as this JPEG; plain samples would take ten times as many bytes.
void attach_jpeg(cairo_surface_t* surface, const RgbImage& image) {
  auto* jpeg = new std::string(encode_jpeg(image, kJpegQuality));
  const auto* bytes = reinterpret_cast<const unsigned char*>(jpeg->data());
  const auto release = [](void* held) { delete static_cast<std::string*>(held); };
  // Cairo owns the string from here on, unless it fails.
  if (cairo_surface_set_mime_data(surface, CAIRO_MIME_TYPE_JPEG, bytes, jpeg->size(), release, jpeg) !=
      CAIRO_STATUS_SUCCESS) {
    release(jpeg);
  }
}

// Cairo writes letters as outlines; title, description and metadata keep the words in the file.
std::string with_words(const std::string& svg, const FigureText& text, const std::vector<std::string>& words) {
  const std::size_t root = svg.find("<svg");
  const std::size_t end = root == std::string::npos ? root : svg.find('>', root);
  if (end == std::string::npos) return svg;
  std::string lines;
  for (const std::string& line : words) lines += "\n" + html_text(line);
  return svg.substr(0, end) + " role=\"img\">\n<title>" + html_text(text.title) + "</title>\n<desc>" +
         html_text(text.description) + "</desc>\n<metadata>" + lines + "\n</metadata>" + svg.substr(end + 1);
}

Surface sheet_surface(const std::string& ending, std::string& bytes, double width, double height,
                      const FigureText& text) {
  if (ending == ".svg") return Surface(cairo_svg_surface_create_for_stream(append, &bytes, width, height));
  if (ending == ".png") {
    return Surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                              static_cast<int>(std::lround(width * kPixelsPerPoint)),
                                              static_cast<int>(std::lround(height * kPixelsPerPoint))));
  }
  Surface pdf(cairo_pdf_surface_create_for_stream(append, &bytes, width, height));
  cairo_pdf_surface_set_metadata(pdf.get(), CAIRO_PDF_METADATA_TITLE, text.title.c_str());
  cairo_pdf_surface_set_metadata(pdf.get(), CAIRO_PDF_METADATA_SUBJECT, text.description.c_str());
  // Without a date, cairo uses the clock, and the same drawing gives different files.
  cairo_pdf_surface_set_metadata(pdf.get(), CAIRO_PDF_METADATA_CREATE_DATE, "1970-01-01T00:00:00Z");
  return pdf;
}

}  // namespace

Canvas::Canvas(_cairo* context, const Theme& theme) : context_(context), theme_(theme) { measure_alike(context_); }

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
  set_colour(context_, theme_.paper.faded(0.8));
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
  dashed_polyline({from, to}, width, colour);
}

void Canvas::polyline(const std::vector<Point>& points, double width, Colour colour) {
  trace(context_, points);
  set_colour(context_, colour);
  cairo_set_line_width(context_, width);
  cairo_set_line_join(context_, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke(context_);
}

void Canvas::dashed_polyline(const std::vector<Point>& points, double width, Colour colour) {
  const double dashes[] = {2.5, 2};
  cairo_set_dash(context_, dashes, 2, 0);
  polyline(points, width, colour);
  cairo_set_dash(context_, nullptr, 0, 0);
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

void Canvas::picture(Point corner, double width, double height, const RgbImage& image, PictureKind kind) {
  TORCH_CHECK_VALUE(image.width > 0 && image.height > 0 &&
                        static_cast<std::int64_t>(image.pixels.size()) == image.width * image.height * 3,
                    "Canvas::picture: height x width x 3 bytes were needed, got ", image.pixels.size(), " for ",
                    image.height, " x ", image.width);
  const Surface pixels = pixels_surface(image);
  if (kind == PictureKind::kPhotograph &&
      cairo_surface_get_type(cairo_get_target(context_)) != CAIRO_SURFACE_TYPE_IMAGE)
    attach_jpeg(pixels.get(), image);
  const Pattern pattern(cairo_pattern_create_for_surface(pixels.get()));
  cairo_pattern_set_filter(pattern.get(), kind == PictureKind::kPhotograph ? CAIRO_FILTER_GOOD : CAIRO_FILTER_NEAREST);
  // Otherwise a smoothed edge fades into the paper. In PDF, cairo would pad the samples and drop the JPEG.
  if (kind == PictureKind::kCells || cairo_surface_get_type(cairo_get_target(context_)) != CAIRO_SURFACE_TYPE_PDF)
    cairo_pattern_set_extend(pattern.get(), CAIRO_EXTEND_PAD);
  cairo_save(context_);
  cairo_translate(context_, corner.x, corner.y);
  cairo_rectangle(context_, 0, 0, width, height);
  cairo_scale(context_, width / static_cast<double>(image.width), height / static_cast<double>(image.height));
  cairo_set_source(context_, pattern.get());
  cairo_fill(context_);
  cairo_restore(context_);
}

void Canvas::text(Point at, std::string_view text, const TextStyle& style) {
  const double width = style.align == Align::kLeft ? 0 : text_width(text, style);
  words_.emplace_back(text);
  set_font(context_, style);
  set_colour(context_, style.colour.value_or(theme_.ink));
  cairo_move_to(context_, at.x - (style.align == Align::kCentre ? width / 2 : width), at.y);
  cairo_show_text(context_, words_.back().c_str());
  cairo_new_path(context_);
}

void Canvas::upward_text(Point at, std::string_view text, const TextStyle& style) {
  cairo_save(context_);
  cairo_translate(context_, at.x, at.y);
  cairo_rotate(context_, -std::numbers::pi / 2);
  this->text({0, 0}, text, style);
  cairo_restore(context_);
}

double Canvas::text_width(std::string_view text, const TextStyle& style) { return advance(context_, text, style); }

double measured_width(std::string_view text, const TextStyle& style) {
  const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1));
  const Context context(cairo_create(surface.get()));
  measure_alike(context.get());
  return advance(context.get(), text, style);
}

std::vector<std::string> wrapped_text(std::string_view text, double width, const TextStyle& style, int most_lines) {
  TORCH_CHECK_VALUE(most_lines >= 0, "wrapped_text: most_lines must be at least 0, got ", most_lines);
  const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1));
  const Context context(cairo_create(surface.get()));
  measure_alike(context.get());
  std::vector<std::string> lines;
  const auto is_full = [&] { return most_lines > 0 && static_cast<int>(lines.size()) > most_lines; };
  std::istringstream words{std::string(text)};
  for (std::string word; !is_full() && words >> word;) {
    if (!lines.empty() && advance(context.get(), lines.back() + " " + word, style) <= width) {
      lines.back() += " " + word;
      continue;
    }
    while (!is_full() && !word.empty()) {
      const std::size_t fits =
          advance(context.get(), word, style) <= width ? word.size() : fitting_bytes(context.get(), word, width, style);
      lines.push_back(word.substr(0, fits));
      word.erase(0, fits);
    }
  }
  if (!is_full()) return lines;
  lines.resize(static_cast<std::size_t>(most_lines));
  std::string& last = lines.back();
  if (advance(context.get(), last + "…", style) > width)
    last.resize(fitting_bytes(context.get(), last, width - advance(context.get(), "…", style), style));
  while (last.ends_with(' ')) last.pop_back();
  last += "…";
  return lines;
}

void check_figure_path(const std::filesystem::path& out) {
  const std::string ending = out.extension().string();
  if (ending != ".png" && ending != ".svg" && ending != ".pdf") {
    throw FileError(out, "a figure's name to end in .png, .svg or .pdf", ending.empty() ? "no ending" : ending);
  }
}

void draw_figure(const FigureTarget& target, double width, double height, const FigureText& text,
                 const std::function<void(Canvas&)>& draw, const Theme& theme) {
  if (target.taker()) {
    target.taker()({.width = width, .height = height, .text = text, .draw = draw, .theme = theme});
    return;
  }
  const std::filesystem::path& out = target.file();
  check_figure_path(out);
  const std::string ending = out.extension().string();
  std::string bytes;
  const Surface surface = sheet_surface(ending, bytes, width, height, text);
  Context context(cairo_create(surface.get()));
  if (ending == ".png") cairo_scale(context.get(), kPixelsPerPoint, kPixelsPerPoint);
  set_colour(context.get(), theme.paper);
  cairo_paint(context.get());
  Canvas canvas(context.get(), theme);
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
  write_file(out, ending == ".svg" ? with_words(bytes, text, canvas.words()) : bytes);
}

}  // namespace tandem
