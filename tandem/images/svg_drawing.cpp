#include "tandem/images/svg_drawing.h"

#include <c10/util/Exception.h>
#include <cairo.h>
#include <librsvg/rsvg.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <string>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

constexpr std::int64_t kLargestSide = 16384;
constexpr double kDotsPerInch =
    96;  // CSS: turns cm, pt and in to pixels; only the ratio of the sides depends on it.

struct Release {
  void operator()(RsvgHandle* handle) const { g_object_unref(handle); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, Release>;

[[noreturn]] void refuse(const std::filesystem::path& name, GError* error) {
  const Owned<GError> owned(error);
  std::string reason = error != nullptr ? error->message : "a drawing librsvg cannot draw";
  std::replace(reason.begin(), reason.end(), '\n', ' ');
  throw FileError(name, "an SVG drawing", reason);
}

struct Size {
  double width = 0;
  double height = 0;
};

bool is_size(const Size& size) {
  return std::isfinite(size.width) && std::isfinite(size.height) && size.width > 0 && size.height > 0;
}

/// What the drawing says of its own size, in pixels: width and height, or else the viewBox.
Size own_size(RsvgHandle* handle, const std::filesystem::path& name) {
  Size size;
  if (rsvg_handle_get_intrinsic_size_in_pixels(handle, &size.width, &size.height) != 0 && is_size(size))
    return size;
  gboolean has_width, has_height, has_box;
  RsvgLength width, height;
  RsvgRectangle box;
  rsvg_handle_get_intrinsic_dimensions(handle, &has_width, &width, &has_height, &height, &has_box, &box);
  size = {.width = box.width, .height = box.height};
  if (has_box == 0 || !is_size(size))
    throw FileError(name, "a drawing with a size", "neither width and height nor a viewBox");
  return size;
}

/// Where a drawing of that size lies on the square.
RsvgRectangle place(const Size& size, double side) {
  const double scale = side / std::max(size.width, size.height);
  const double width = size.width * scale;
  const double height = size.height * scale;
  return {.x = (side - width) / 2, .y = (side - height) / 2, .width = width, .height = height};
}

/// Whether letters may be drawn: any document with a text element, and those that are compressed or of wide characters.
bool may_have_letters(std::string_view bytes) {
  const auto has = [&](std::string_view part) { return bytes.find(part) != std::string_view::npos; };
  return bytes.starts_with("\x1f\x8b") || has("<text") || has(":text") || has(std::string_view("\0", 1));
}

/// One thread at a time draws letters: cairo 1.16 shares FreeType's faces between threads, and was once seen to find one without its glyph.
std::unique_lock<std::mutex> letters_lock(std::string_view bytes) {
  static std::mutex mutex;
  return may_have_letters(bytes) ? std::unique_lock(mutex) : std::unique_lock<std::mutex>();
}

}  // namespace

RgbImage draw_svg(std::string_view bytes, const std::filesystem::path& name, std::int64_t side) {
  TORCH_CHECK_VALUE(side >= 1 && side <= kLargestSide, "draw_svg: the side must be 1 to ", kLargestSide,
                    ", got ", side);
  const std::unique_lock<std::mutex> letters = letters_lock(bytes);  // Taken first: fonts are let go of when the handle is.
  GError* error = nullptr;
  const auto* data = reinterpret_cast<const guint8*>(bytes.data());
  // A handle made from data has no base URI, so that references to files lead nowhere.
  const Owned<RsvgHandle> handle(rsvg_handle_new_from_data(data, bytes.size(), &error));
  if (handle == nullptr) refuse(name, error);
  rsvg_handle_set_dpi(handle.get(), kDotsPerInch);
  const RsvgRectangle viewport = place(own_size(handle.get(), name), static_cast<double>(side));

  const int pixels = static_cast<int>(side);
  const Owned<cairo_surface_t> surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, pixels, pixels));
  const Owned<cairo_t> context(cairo_create(surface.get()));
  cairo_set_source_rgb(context.get(), 1, 1, 1);
  cairo_paint(context.get());
  if (rsvg_handle_render_document(handle.get(), context.get(), &viewport, &error) == 0) refuse(name, error);
  cairo_surface_flush(surface.get());
  if (const cairo_status_t status = cairo_status(context.get()); status != CAIRO_STATUS_SUCCESS) {
    throw FileError(name, "an SVG drawing", cairo_status_to_string(status));
  }

  RgbImage image{.height = side, .width = side, .pixels = std::vector<std::uint8_t>(3 * side * side)};
  const unsigned char* rows = cairo_image_surface_get_data(surface.get());
  const int stride = cairo_image_surface_get_stride(surface.get());
  for (std::int64_t y = 0; y < side; ++y) {
    const auto* row = reinterpret_cast<const std::uint32_t*>(rows + y * stride);
    for (std::int64_t x = 0; x < side; ++x) {
      std::uint8_t* out = &image.pixels[3 * (y * side + x)];
      out[0] = static_cast<std::uint8_t>(row[x] >> 16);
      out[1] = static_cast<std::uint8_t>(row[x] >> 8);
      out[2] = static_cast<std::uint8_t>(row[x]);
    }
  }
  return image;
}

}  // namespace tandem
