#include "tandem/images/svg_rendering.h"

#include <cairo.h>
#include <librsvg/rsvg.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace tandem {
namespace {

constexpr double kDotsPerInch = 96;  // CSS: turns cm, pt and in to pixels; only the ratio of the sides depends on it.

struct Release {
  void operator()(RsvgHandle* handle) const { g_object_unref(handle); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, Release>;

Rendering refused(GError* error) {
  const Owned<GError> owned(error);
  std::string reason = error != nullptr ? error->message : "a drawing librsvg cannot draw";
  std::replace(reason.begin(), reason.end(), '\n', ' ');
  return rejected_rendering("an SVG drawing", std::move(reason));
}

struct Size {
  double width = 0;
  double height = 0;
};

bool is_size(const Size& size) {
  return std::isfinite(size.width) && std::isfinite(size.height) && size.width > 0 && size.height > 0;
}

/// The drawing's own size in pixels: width and height, or else the viewBox; no size if it has
/// neither.
Size own_size(RsvgHandle* handle) {
  Size size;
  if (rsvg_handle_get_intrinsic_size_in_pixels(handle, &size.width, &size.height) != 0 && is_size(size)) return size;
  gboolean has_width, has_height, has_box;
  RsvgLength width, height;
  RsvgRectangle box;
  rsvg_handle_get_intrinsic_dimensions(handle, &has_width, &width, &has_height, &height, &has_box, &box);
  if (has_box == 0) return {};
  return {.width = box.width, .height = box.height};
}

/// The position of a drawing of that size on the square.
RsvgRectangle place(const Size& size, double side) {
  const double scale = side / std::max(size.width, size.height);
  const double width = size.width * scale;
  const double height = size.height * scale;
  return {.x = (side - width) / 2, .y = (side - height) / 2, .width = width, .height = height};
}

std::vector<std::uint8_t> rgb_of(cairo_surface_t* surface, std::int64_t side) {
  std::vector<std::uint8_t> rgb(3 * side * side);
  const unsigned char* rows = cairo_image_surface_get_data(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  for (std::int64_t y = 0; y < side; ++y) {
    const auto* row = reinterpret_cast<const std::uint32_t*>(rows + y * stride);
    for (std::int64_t x = 0; x < side; ++x) {
      std::uint8_t* out = &rgb[3 * (y * side + x)];
      out[0] = static_cast<std::uint8_t>(row[x] >> 16);
      out[1] = static_cast<std::uint8_t>(row[x] >> 8);
      out[2] = static_cast<std::uint8_t>(row[x]);
    }
  }
  return rgb;
}

}  // namespace

Rendering render_svg(std::string_view bytes, std::int64_t side) {
  GError* error = nullptr;
  const auto* data = reinterpret_cast<const guint8*>(bytes.data());
  // A handle made from data has no base URI, so that references to files lead nowhere.
  const Owned<RsvgHandle> handle(rsvg_handle_new_from_data(data, bytes.size(), &error));
  if (handle == nullptr) return refused(error);
  rsvg_handle_set_dpi(handle.get(), kDotsPerInch);
  const Size size = own_size(handle.get());
  if (!is_size(size)) return rejected_rendering("a drawing with a size", "neither width and height nor a viewBox");
  const RsvgRectangle viewport = place(size, static_cast<double>(side));

  const int pixels = static_cast<int>(side);
  const Owned<cairo_surface_t> surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, pixels, pixels));
  const Owned<cairo_t> context(cairo_create(surface.get()));
  cairo_set_source_rgb(context.get(), 1, 1, 1);
  cairo_paint(context.get());
  if (rsvg_handle_render_document(handle.get(), context.get(), &viewport, &error) == 0) return refused(error);
  cairo_surface_flush(surface.get());
  if (const cairo_status_t status = cairo_status(context.get()); status != CAIRO_STATUS_SUCCESS) {
    return rejected_rendering("an SVG drawing", cairo_status_to_string(status));
  }
  return {.height = side, .width = side, .rgb = rgb_of(surface.get(), side)};
}

}  // namespace tandem
