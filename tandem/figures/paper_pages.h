// The pages of a PDF, drawn one after the other with cairo.
#pragma once

#include <memory>
#include <string>

#include "tandem/figures/canvas.h"

namespace tandem {

/// Points of an A4 page.
inline constexpr double kPaperWidth = 595.28, kPaperHeight = 841.89;

class PaperPages {
 public:
  /// An empty first page. `text` becomes the document's title and subject.
  explicit PaperPages(const FigureText& text);
  ~PaperPages();
  PaperPages(const PaperPages&) = delete;
  PaperPages& operator=(const PaperPages&) = delete;

  /// The canvas of the page that is drawn now.
  Canvas& canvas();
  /// Draws the figure at this place of the page, scaled to this width in points.
  void place(const Figure& figure, Point corner, double width);
  /// Ends the page and begins the next.
  void next_page();
  /// Adds an entry to the document's outline that leads to this height of the page.
  void bookmark(const std::string& title, double y);

  int page() const { return page_; }  ///< the number of the page that is drawn now, from 1

  /// Ends the document and returns its bytes. The same drawing gives the same bytes. Nothing can be
  /// drawn afterwards. Throws std::runtime_error with cairo's words if something could not be drawn.
  std::string finish();

 private:
  struct Surface;
  std::unique_ptr<Surface> surface_;
  int page_ = 1;
};

}  // namespace tandem
