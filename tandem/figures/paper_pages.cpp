#include "tandem/figures/paper_pages.h"

#include <cairo-pdf.h>
#include <cairo.h>

#include <array>
#include <cstdio>
#include <optional>
#include <stdexcept>

namespace tandem {
namespace {

cairo_status_t append_page_bytes(void* to, const unsigned char* bytes, unsigned int count) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), count);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

struct PaperPages::Surface {
  std::string bytes;
  cairo_surface_t* surface = nullptr;
  cairo_t* context = nullptr;
  std::optional<Canvas> canvas;

  ~Surface() {
    canvas.reset();
    cairo_destroy(context);
    cairo_surface_destroy(surface);
  }
};

PaperPages::PaperPages(const FigureText& text) : surface_(std::make_unique<Surface>()) {
  surface_->surface =
      cairo_pdf_surface_create_for_stream(append_page_bytes, &surface_->bytes, kPaperWidth, kPaperHeight);
  cairo_pdf_surface_set_metadata(surface_->surface, CAIRO_PDF_METADATA_TITLE, text.title.c_str());
  cairo_pdf_surface_set_metadata(surface_->surface, CAIRO_PDF_METADATA_SUBJECT, text.description.c_str());
  // Without a date, cairo uses the clock, and the same drawing gives different files.
  cairo_pdf_surface_set_metadata(surface_->surface, CAIRO_PDF_METADATA_CREATE_DATE, "1970-01-01T00:00:00Z");
  surface_->context = cairo_create(surface_->surface);
  surface_->canvas.emplace(surface_->context, kLightTheme);
}

PaperPages::~PaperPages() = default;

Canvas& PaperPages::canvas() { return *surface_->canvas; }

void PaperPages::place(const Figure& figure, Point corner, double width) {
  cairo_save(surface_->context);
  cairo_translate(surface_->context, corner.x, corner.y);
  cairo_scale(surface_->context, width / figure.width, width / figure.width);
  Canvas inner(surface_->context, figure.theme);
  figure.draw(inner);
  cairo_restore(surface_->context);
}

void PaperPages::next_page() {
  cairo_show_page(surface_->context);
  ++page_;
}

void PaperPages::bookmark(const std::string& title, double y) {
  std::array<char, 64> place = {};
  std::snprintf(place.data(), place.size(), "page=%d pos=[0 %.1f]", page_, y);
  cairo_pdf_surface_add_outline(surface_->surface, CAIRO_PDF_OUTLINE_ROOT, title.c_str(), place.data(),
                                static_cast<cairo_pdf_outline_flags_t>(0));
}

std::string PaperPages::finish() {
  cairo_show_page(surface_->context);
  cairo_status_t status = cairo_status(surface_->context);
  cairo_surface_finish(surface_->surface);
  if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface_->surface);
  if (status != CAIRO_STATUS_SUCCESS) throw std::runtime_error(cairo_status_to_string(status));
  return surface_->bytes;
}

}  // namespace tandem
