#include "tandem/figures/paper_blocks.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "tandem/images/jpeg_codec.h"

namespace tandem {
namespace {

constexpr double kPaperTop = 50, kPaperBottom = kPaperHeight - 52;
constexpr std::int64_t kMostPixels = 1 << 24;  // of a picture that the report made itself
constexpr double kCellGap = 10, kCellLine = 10.5, kCellNoteLine = 9;
const TextStyle kCell{.size = 8};
const TextStyle kCellHead{.size = 7.2, .colour = kSoftInk};

/// The widths of the columns: numbers take what they need, texts share what is left.
std::vector<double> column_widths(const ReportTable& table) {
  std::vector<double> widths(table.columns.size(), 0);
  double numbers = 0, texts = 0;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    double widest = measured_width(table.columns[c].heading, kCellHead);
    for (const ReportRow& row : table.rows) {
      if (row.heading || c >= row.cells.size()) continue;
      widest =
          std::max({widest, measured_width(row.cells[c].text, kCell), measured_width(row.cells[c].note, kPaperSmall)});
    }
    widths[c] = table.columns[c].is_text ? std::min(widest, 320.0) : widest;
    (table.columns[c].is_text ? texts : numbers) += widths[c];
  }
  const double room = kPaperBody - numbers - kCellGap * static_cast<double>(table.columns.size() - 1);
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (table.columns[c].is_text && texts > 0) widths[c] *= std::max(room, 40.0) / texts;
  }
  return widths;
}

/// Draws the rows of one table.
class TablePainter {
 public:
  TablePainter(PaperFlow& flow, const ReportTable& table) : flow_(flow), table_(table), widths_(column_widths(table)) {}

  void draw() {
    head();
    for (std::size_t r = 0; r < table_.rows.size(); ++r) {
      const ReportRow& row = table_.rows[r];
      const int before = flow_.page();
      flow_.reserve(height_of(row) + (row.heading ? 40 : 0));
      if (flow_.page() != before) head();
      if (row.heading) {
        flow_.lines({row.cells.at(0).text}, kPaperMargin, flow_.y() + 6, {.size = 8, .bold = true});
      } else {
        cells(row, r > 0);
      }
      flow_.space(height_of(row));
    }
    flow_.space(10);
  }

 private:
  void head() {
    double x = kPaperMargin;
    for (std::size_t c = 0; c < widths_.size(); ++c) {
      put(table_.columns[c].heading, c, x, flow_.y() + 9, kCellHead);
      x += widths_[c] + kCellGap;
    }
    flow_.space(13);
    flow_.canvas().line({kPaperMargin, flow_.y()}, {kPaperMargin + kPaperBody, flow_.y()}, 0.7, kSoftInk);
  }

  std::vector<std::string> wrapped(const ReportCell& cell, std::size_t column) const {
    if (!table_.columns[column].is_text) return {cell.text};
    std::vector<std::string> lines = wrapped_text(cell.text, widths_[column] + 0.5, kCell, 4);
    if (lines.empty()) lines.emplace_back();
    return lines;
  }

  double height_of(const ReportRow& row) const {
    if (row.heading) return 20;
    double tallest = 0;
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      tallest = std::max(tallest, kCellLine * static_cast<double>(wrapped(row.cells[c], c).size()) +
                                      (row.cells[c].note.empty() ? 0 : kCellNoteLine));
    }
    return tallest + 6;
  }

  void cells(const ReportRow& row, bool ruled) {
    if (ruled) flow_.canvas().line({kPaperMargin, flow_.y()}, {kPaperMargin + kPaperBody, flow_.y()}, 0.4, kRule);
    double x = kPaperMargin;
    TextStyle style = kCell;
    if (row.soft) style.colour = kSoftInk;
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      double y = flow_.y() + 10.5;
      for (const std::string& line : wrapped(row.cells[c], c)) {
        put(line, c, x, y, style);
        y += kCellLine;
      }
      if (!row.cells[c].note.empty()) put(row.cells[c].note, c, x, y - 1, kPaperSmall);
      x += widths_[c] + kCellGap;
    }
  }

  void put(const std::string& text, std::size_t column, double x, double y, TextStyle style) {
    const bool is_text = table_.columns[column].is_text;
    style.align = is_text ? Align::kLeft : Align::kRight;
    flow_.canvas().text({is_text ? x : x + widths_[column], y}, text, style);
  }

  PaperFlow& flow_;
  const ReportTable& table_;
  std::vector<double> widths_;
};

}  // namespace

std::vector<std::string> paper_lines(const std::string& text, double width, const TextStyle& style) {
  std::vector<std::string> lines;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part);) {
    for (std::string& line : wrapped_text(part, width, style)) lines.push_back(std::move(line));
  }
  return lines;
}

PaperFlow::PaperFlow(const FigureText& text, std::string running_title, int total_pages)
    : pages_(text), running_title_(std::move(running_title)), total_pages_(total_pages), y_(kPaperTop) {}

void PaperFlow::foot() {
  const std::string number = std::to_string(page()) + (total_pages_ > 0 ? " of " + std::to_string(total_pages_) : "");
  const double y = kPaperHeight - 28;
  canvas().line({kPaperMargin, y - 14}, {kPaperMargin + kPaperBody, y - 14}, 0.4, kRule);
  const std::vector<std::string> title = wrapped_text(running_title_, kPaperBody - 80, kPaperSmall, 1);
  if (!title.empty()) canvas().text({kPaperMargin, y}, title.front(), kPaperSmall);
  TextStyle right = kPaperSmall;
  right.align = Align::kRight;
  canvas().text({kPaperMargin + kPaperBody, y}, number, right);
}

void PaperFlow::reserve(double height) {
  if (y_ + height <= kPaperBottom || y_ <= kPaperTop) return;
  foot();
  pages_.next_page();
  y_ = kPaperTop;
}

void PaperFlow::heading(const std::string& title) {
  space(14);
  reserve(230);
  pages_.bookmark(title, y_);
  canvas().line({kPaperMargin, y_}, {kPaperMargin + kPaperBody, y_}, 0.9, kInk);
  lines({title}, kPaperMargin, y_ + 8, {.size = 12.5, .bold = true});
  space(30);
}

void PaperFlow::subheading(const std::string& title, double below) {
  space(4);
  reserve(18 + below);
  lines({title}, kPaperMargin, y_, {.size = 9.5, .bold = true});
  space(15);
}

void PaperFlow::paragraph(const std::string& text, const TextStyle& style) {
  for (const std::string& line : paper_lines(text, kPaperBody, style)) {
    reserve(kPaperLine);
    lines({line}, kPaperMargin, y_, style);
    space(kPaperLine);
  }
}

void PaperFlow::lines(const std::vector<std::string>& lines, double x, double top, const TextStyle& style,
                      double pitch) {
  double y = top + style.size;
  for (const std::string& line : lines) {
    canvas().text({x, y}, line, style);
    y += style.size > pitch ? style.size * 1.25 : pitch;
  }
}

void PaperFlow::picture(const ReportPicture& picture, Point corner, double width, double height) {
  if (picture.jpeg.empty()) {
    canvas().frame(corner, width, height, 0.5, kRule);
    lines(wrapped_text(picture.name, width - 8, kPaperSmall, 3), corner.x + 4, corner.y + 4, kPaperSmall, 9);
    return;
  }
  if (total_pages_ == 0) return;  // Pages are only counted.
  const RgbImage image = decode_jpeg(picture.jpeg, picture.name, kMostPixels);
  const double scale = std::min(width / static_cast<double>(image.width), height / static_cast<double>(image.height));
  const double shown_width = scale * static_cast<double>(image.width);
  const double shown_height = scale * static_cast<double>(image.height);
  canvas().picture({corner.x + (width - shown_width) / 2, corner.y + (height - shown_height) / 2}, shown_width,
                   shown_height, image);
}

std::string PaperFlow::finish() {
  foot();
  return pages_.finish();
}

void draw_paper_table(PaperFlow& flow, const ReportTable& table) {
  flow.reserve(60);
  TablePainter(flow, table).draw();
}

}  // namespace tandem
