// Running text, headings and tables on the pages of a PDF.
#pragma once

#include <string>
#include <vector>

#include "tandem/figures/paper_pages.h"
#include "tandem/figures/report_document.h"
#include "tandem/figures/sheet.h"

namespace tandem {

inline constexpr double kPaperMargin = 48;
inline constexpr double kPaperBody = kPaperWidth - 2 * kPaperMargin;
inline constexpr double kPaperLine = 12;

inline const TextStyle kPaperTitle{.size = 19, .bold = true};
inline const TextStyle kPaperText{.size = 8.5};
inline const TextStyle kPaperStrong{.size = 8.5, .bold = true};
inline const TextStyle kPaperNote{.size = 8, .colour = kSoftInk};
inline const TextStyle kPaperSmall{.size = 6.8, .colour = kSoftInk};

/// The text in lines of at most `width` points. Its own line ends are kept.
std::vector<std::string> paper_lines(const std::string& text, double width, const TextStyle& style);

/// A place that runs down the pages. Page ends are where the next thing does not fit.
class PaperFlow {
 public:
  /// `running_title` and the page's number stand at the foot of each page; `total_pages` 0: it is
  /// not known yet.
  PaperFlow(const FigureText& text, std::string running_title, int total_pages);

  double y() const { return y_; }
  int page() const { return pages_.page(); }
  Canvas& canvas() { return pages_.canvas(); }

  /// Goes to the next page unless `height` points are left on this one.
  void reserve(double height);
  void space(double height) { y_ += height; }

  /// A heading of a section, with an entry in the outline. Some room below it is on the same page.
  void heading(const std::string& title);
  /// A heading within a section, with `below` points of room on the same page.
  void subheading(const std::string& title, double below);
  /// Text over the whole width.
  void paragraph(const std::string& text, const TextStyle& style);
  /// Lines from this place down; `top` is above the first line.
  void lines(const std::vector<std::string>& lines, double x, double top, const TextStyle& style,
             double pitch = kPaperLine);
  /// The picture centred in the rectangle; its name if it is missing.
  void picture(const ReportPicture& picture, Point corner, double width, double height);
  void place(const Figure& figure, Point corner, double width) { pages_.place(figure, corner, width); }

  /// Draws the foot of the last page and returns the document.
  std::string finish();

 private:
  void foot();

  PaperPages pages_;
  std::string running_title_;
  int total_pages_;
  double y_ = 0;
};

/// Draws the table. Its head is repeated on every page that it continues on.
void draw_paper_table(PaperFlow& flow, const ReportTable& table);

}  // namespace tandem
