#include "tandem/figures/report_paper.h"

#include <algorithm>
#include <sstream>

#include "tandem/figures/paper_blocks.h"

namespace tandem {
namespace {

constexpr double kTileHeight = 66, kTileGap = 8;
constexpr std::size_t kTilesInRow = 4;
constexpr double kCardPadding = 8, kCardPicture = 84, kCardGap = 11, kHitHeight = 40, kHitGap = 6;
constexpr std::size_t kSmallInRow = 6;
constexpr double kSmallGap = 9, kSmallPicture = 62;
const Colour kWash = colour(0xeef4f8), kWarning = colour(0xb87700), kWarningWash = colour(0xfff6e5);

/// Lays the blocks of a report out, one below the other.
class ReportLayout {
 public:
  ReportLayout(const ReportDocument& document, int total_pages)
      : document_(document), flow_({document.title, document.subtitle}, document.title, total_pages) {}

  ReportPaper laid_out() {
    head();
    for (const ReportSection& section : document_.sections) {
      flow_.heading(section.title);
      for (const ReportBlock& block : section.blocks) std::visit(*this, block);
    }
    flow_.space(10);
    flow_.paragraph(document_.colophon, kPaperNote);
    const int pages = flow_.page();
    return {.pdf = flow_.finish(), .pages = pages};
  }

  void operator()(const ReportParagraph& paragraph) {
    if (paragraph.tone == ReportTone::kWarning) {
      notice(paragraph.text);
    } else {
      flow_.paragraph(paragraph.text, paragraph.tone == ReportTone::kSoft ? kPaperNote : kPaperText);
      flow_.space(4);
    }
  }

  void operator()(const ReportFacts& facts) {
    constexpr double kNames = 112;
    for (const auto& [name, value] : facts.facts) {
      const std::vector<std::string> lines = paper_lines(value, kPaperBody - kNames, kPaperText);
      const double height = kPaperLine * static_cast<double>(std::max<std::size_t>(lines.size(), 1)) + 5;
      flow_.reserve(height);
      flow_.canvas().line({kPaperMargin, flow_.y()}, {kPaperMargin + kPaperBody, flow_.y()}, 0.4, kRule);
      flow_.lines({name}, kPaperMargin, flow_.y() + 3, kPaperNote);
      flow_.lines(lines, kPaperMargin + kNames, flow_.y() + 3, kPaperText);
      flow_.space(height);
    }
    flow_.space(8);
  }

  void operator()(const ReportTable& table) { draw_paper_table(flow_, table); }

  void operator()(const ReportCharts& charts) {
    constexpr double kGap = 15;
    const double width = (kPaperBody - kGap) / 2;
    for (std::size_t first = 0; first < charts.charts.size(); first += 2) {
      const std::size_t end = std::min(first + 2, charts.charts.size());
      double tallest = 0;
      for (std::size_t i = first; i < end; ++i) tallest = std::max(tallest, chart_height(charts.charts[i], width));
      flow_.reserve(tallest);
      for (std::size_t i = first; i < end; ++i)
        draw_chart(charts.charts[i], kPaperMargin + static_cast<double>(i - first) * (width + kGap), width);
      flow_.space(tallest + 8);
    }
  }

  void operator()(const ReportCards& cards) {
    if (!cards.title.empty()) flow_.subheading(cards.title, cards.small ? 110 : 180);
    if (!cards.what.empty()) {
      flow_.paragraph(cards.what, kPaperNote);
      flow_.space(4);
    }
    const std::size_t in_row = cards.small ? kSmallInRow : 2;
    for (std::size_t first = 0; first < cards.cards.size(); first += in_row) {
      const std::size_t end = std::min(first + in_row, cards.cards.size());
      double tallest = 0;
      for (std::size_t i = first; i < end; ++i)
        tallest = std::max(tallest, cards.small ? small_height(cards.cards[i]) : card_height(cards.cards[i]));
      flow_.reserve(tallest);
      for (std::size_t i = first; i < end; ++i) {
        if (cards.small) {
          draw_small(cards.cards[i], i - first);
        } else {
          draw_card(cards.cards[i], i - first, tallest);
        }
      }
      flow_.space(tallest + kCardGap);
    }
    flow_.space(4);
  }

 private:
  void head() {
    flow_.lines(paper_lines(document_.title, kPaperBody, kPaperTitle), kPaperMargin, flow_.y(), kPaperTitle);
    flow_.space(24 * static_cast<double>(paper_lines(document_.title, kPaperBody, kPaperTitle).size()) + 4);
    flow_.paragraph(document_.subtitle, kPaperNote);
    flow_.space(10);
    for (std::size_t first = 0; first < document_.tiles.size(); first += kTilesInRow) tiles(first);
    flow_.space(4);
    for (const ReportParagraph& paragraph : document_.notices) (*this)(paragraph);
  }

  void tiles(std::size_t first) {
    const std::size_t end = std::min(first + kTilesInRow, document_.tiles.size());
    const double width = (kPaperBody - kTileGap * (kTilesInRow - 1)) / kTilesInRow;
    flow_.reserve(kTileHeight);
    for (std::size_t i = first; i < end; ++i) {
      const ReportTile& tile = document_.tiles[i];
      const double x = kPaperMargin + static_cast<double>(i - first) * (width + kTileGap);
      flow_.canvas().rectangle({x, flow_.y()}, width, kTileHeight, kWash);
      flow_.lines(wrapped_text(tile.name, width - 16, kPaperSmall, 1), x + 8, flow_.y() + 8, kPaperSmall);
      flow_.lines({tile.value}, x + 8, flow_.y() + 18, {.size = 16, .bold = true});
      flow_.lines(wrapped_text(tile.note, width - 16, kPaperSmall, 2), x + 8, flow_.y() + 42, kPaperSmall, 9);
    }
    flow_.space(kTileHeight + kTileGap);
  }

  void notice(const std::string& text) {
    const std::vector<std::string> lines = paper_lines(text, kPaperBody - 24, kPaperText);
    const double height = kPaperLine * static_cast<double>(lines.size()) + 12;
    flow_.reserve(height);
    flow_.canvas().rectangle({kPaperMargin, flow_.y()}, kPaperBody, height, kWarningWash);
    flow_.canvas().rectangle({kPaperMargin, flow_.y()}, 2.5, height, kWarning);
    flow_.lines(lines, kPaperMargin + 12, flow_.y() + 6, kPaperText);
    flow_.space(height + 7);
  }

  static double chart_height(const ReportChart& chart, double width) {
    double height = 14;
    chart.draw(FigureTarget([&](const Figure& figure) { height += figure.height * width / figure.width; }));
    return height + 9 * static_cast<double>(paper_lines(chart.caption, width - 8, kPaperSmall).size());
  }

  void draw_chart(const ReportChart& chart, double x, double width) {
    flow_.lines({chart.title}, x, flow_.y(), kPaperStrong);
    double height = 0;
    chart.draw(FigureTarget([&](const Figure& figure) {
      height = figure.height * width / figure.width;
      flow_.place(figure, {x - kChartInset, flow_.y() + 12}, width);
    }));
    flow_.lines(paper_lines(chart.caption, width - 8, kPaperSmall), x, flow_.y() + 13 + height, kPaperSmall, 9);
  }

  const ReportPicture& picture(std::size_t index) const { return document_.pictures.at(index); }

  static double card_height(const ReportCard& card) {
    return 2 * kCardPadding + kCardPicture + (card.hits.empty() ? 0 : kHitGap + kHitHeight + 11);
  }

  void draw_card(const ReportCard& card, std::size_t column, double height) {
    const double width = (kPaperBody - kCardGap) / 2;
    const double x = kPaperMargin + static_cast<double>(column) * (width + kCardGap);
    const double y = flow_.y();
    flow_.canvas().frame({x, y}, width, height, 0.6, kRule);
    flow_.picture(picture(card.picture), {x + kCardPadding, y + kCardPadding}, kCardPicture, kCardPicture);
    const double left = x + 2 * kCardPadding + kCardPicture;
    const double room = width - 3 * kCardPadding - kCardPicture;
    const std::vector<std::string> caption = wrapped_text(card.text, room, kPaperStrong, 5);
    flow_.lines(caption, left, y + kCardPadding, kPaperStrong);
    flow_.lines(wrapped_text(card.verdict, room, kPaperSmall, caption.size() > 4 ? 2 : 4), left,
                y + kCardPadding + 4 + kPaperLine * static_cast<double>(caption.size()), kPaperSmall, 9);
    const double hit_width = (width - 2 * kCardPadding - 3 * kHitGap) / 4;
    for (std::size_t h = 0; h < std::min<std::size_t>(card.hits.size(), 4); ++h) {
      const ReportHit& hit = card.hits[h];
      const Point corner{x + kCardPadding + static_cast<double>(h) * (hit_width + kHitGap),
                         y + kCardPadding + kCardPicture + kHitGap};
      flow_.picture(picture(hit.picture), corner, hit_width, kHitHeight);
      if (hit.own) flow_.canvas().frame(corner, hit_width, kHitHeight, 1.4, kGreen);
      TextStyle note = kPaperSmall;
      note.align = Align::kCentre;
      if (hit.own) note.colour = kGreen;
      flow_.canvas().text({corner.x + hit_width / 2, corner.y + kHitHeight + 9}, hit.note, note);
    }
  }

  static double small_width() { return (kPaperBody - kSmallGap * (kSmallInRow - 1)) / kSmallInRow; }

  static double small_height(const ReportCard& card) {
    return kSmallPicture + 4 +
           9 * static_cast<double>(wrapped_text(card.text, small_width(), kPaperSmall, 4).size() +
                                   wrapped_text(card.verdict, small_width(), kPaperSmall, 5).size());
  }

  void draw_small(const ReportCard& card, std::size_t column) {
    const double x = kPaperMargin + static_cast<double>(column) * (small_width() + kSmallGap);
    flow_.picture(picture(card.picture), {x, flow_.y()}, small_width(), kSmallPicture);
    const std::vector<std::string> text = wrapped_text(card.text, small_width(), kPaperSmall, 4);
    TextStyle strong = kPaperSmall;
    strong.colour = kInk;
    strong.bold = true;
    flow_.lines(text, x, flow_.y() + kSmallPicture + 3, strong, 9);
    flow_.lines(wrapped_text(card.verdict, small_width(), kPaperSmall, 5), x,
                flow_.y() + kSmallPicture + 3 + 9 * static_cast<double>(text.size()), kPaperSmall, 9);
  }

  static constexpr double kChartInset = 6;  // a sheet's margin: the chart begins where its title does

  const ReportDocument& document_;
  PaperFlow flow_;
};

}  // namespace

ReportPaper report_paper(const ReportDocument& document) {
  const int pages = ReportLayout(document, 0).laid_out().pages;  // Page numbers name their total.
  return ReportLayout(document, pages).laid_out();
}

}  // namespace tandem
