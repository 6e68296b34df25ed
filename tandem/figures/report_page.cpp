#include "tandem/figures/report_page.h"

#include "tandem/figures/base64.h"
#include "tandem/figures/page_template.h"
#include "tandem/figures/svg_canvas.h"

namespace tandem {
namespace {

/// <NAME class="CLASSES">inner</NAME>; `inner` is HTML.
std::string tag(const std::string& name, const std::string& classes, const std::string& inner) {
  return "<" + name + (classes.empty() ? "" : " class=\"" + classes + "\"") + ">" + inner + "</" + name + ">\n";
}

std::string picture_html(const ReportPicture& picture) {
  if (picture.jpeg.empty()) return tag("span", "blank", html_text(picture.name));
  return "<img alt=\"" + html_text(picture.name) + "\" title=\"" + html_text(picture.name) +
         "\" src=\"data:image/jpeg;base64," + base64(picture.jpeg) + "\">";
}

/// The blocks of a report as HTML.
class BlockWriter {
 public:
  explicit BlockWriter(const ReportDocument& document) : document_(document) {}

  std::string operator()(const ReportParagraph& paragraph) const {
    switch (paragraph.tone) {
      case ReportTone::kSoft:
        return tag("p", "soft", html_text(paragraph.text));
      case ReportTone::kWarning:
        return tag("p", "warning", html_text(paragraph.text));
      case ReportTone::kPlain:
        break;
    }
    return tag("p", "", html_text(paragraph.text));
  }

  std::string operator()(const ReportFacts& facts) const {
    std::string list;
    for (const auto& [name, value] : facts.facts)
      list += tag("div", "", "<dt>" + html_text(name) + "</dt><dd>" + html_text(value) + "</dd>");
    return tag("dl", "facts", list);
  }

  std::string operator()(const ReportTable& table) const {
    std::string head;
    for (const ReportColumn& column : table.columns)
      head += "<th scope=\"col\"" + std::string(column.is_text ? " class=\"words\"" : "") + ">" +
              html_text(column.heading) + "</th>";
    std::string body;
    for (const ReportRow& row : table.rows) body += row_html(table, row);
    return "<div class=\"wide\" tabindex=\"0\"><table><thead><tr>" + head + "</tr></thead><tbody>\n" + body +
           "</tbody></table></div>\n";
  }

  std::string operator()(const ReportCharts& charts) const {
    std::string figures;
    for (const ReportChart& chart : charts.charts) {
      std::string svg;
      chart.draw(FigureTarget([&](const Figure& figure) { svg = svg_element(figure); }));
      figures += tag("figure", "chart",
                     "<h3>" + html_text(chart.title) + "</h3>" + svg +
                         (chart.caption.empty() ? "" : "<figcaption>" + html_text(chart.caption) + "</figcaption>"));
    }
    return tag("div", "charts", figures);
  }

  std::string operator()(const ReportCards& cards) const {
    std::string list;
    for (const ReportCard& card : cards.cards) list += card_html(card);
    return (cards.title.empty() ? "" : "<h3>" + html_text(cards.title) + "</h3>") +
           (cards.what.empty() ? "" : tag("p", "soft", html_text(cards.what))) +
           tag("div", cards.small ? "cards small" : "cards", list);
  }

 private:
  static std::string row_html(const ReportTable& table, const ReportRow& row) {
    if (row.heading) {
      return "<tr class=\"heading\"><th scope=\"colgroup\" colspan=\"" + std::to_string(table.columns.size()) + "\">" +
             html_text(row.cells.at(0).text) + "</th></tr>\n";
    }
    std::string cells;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const ReportCell& cell = row.cells[i];
      const std::string inner =
          html_text(cell.text) + (cell.note.empty() ? "" : "<small>" + html_text(cell.note) + "</small>");
      const std::string classes = table.columns.at(i).is_text ? " class=\"words\"" : "";
      cells += i == 0 ? "<th scope=\"row\"" + classes + ">" + inner + "</th>" : "<td" + classes + ">" + inner + "</td>";
    }
    return tag("tr", row.soft ? "soft" : "", cells);
  }

  std::string card_html(const ReportCard& card) const {
    std::string hits;
    for (const ReportHit& hit : card.hits) {
      hits += tag("li", hit.own ? "own" : "",
                  picture_html(document_.pictures.at(hit.picture)) + "<small>" + html_text(hit.note) + "</small>");
    }
    const std::string words = (card.text.empty() ? "" : tag("p", "caption", html_text(card.text))) +
                              tag("p", "verdict", html_text(card.verdict));
    return tag("article", "card",
               tag("div", "picture", picture_html(document_.pictures.at(card.picture))) + tag("div", "words", words) +
                   (hits.empty() ? "" : tag("ol", "hits", hits)));
  }

  const ReportDocument& document_;
};

std::string tiles_html(const std::vector<ReportTile>& tiles) {
  std::string list;
  for (const ReportTile& tile : tiles)
    list += tag("li", "",
                "<span class=\"name\">" + html_text(tile.name) + "</span><strong>" + html_text(tile.value) +
                    "</strong><small>" + html_text(tile.note) + "</small>");
  return list;
}

}  // namespace

std::string report_page(const ReportDocument& document) {
  const BlockWriter writer(document);
  std::string contents, sections, notices;
  for (const ReportParagraph& notice : document.notices) notices += writer(notice);
  for (const ReportSection& section : document.sections) {
    const std::string id = html_text(section.id);
    contents += "<li><a href=\"#" + id + "\">" + html_text(section.title) + "</a></li>\n";
    std::string body;
    for (const ReportBlock& block : section.blocks) body += std::visit(writer, block);
    sections += "<section id=\"" + id + "\" aria-labelledby=\"" + id + "-heading\">\n<h2 id=\"" + id + "-heading\">" +
                html_text(section.title) + "</h2>\n" + body + "</section>\n";
  }
  const std::string style = std::string(page_source("theme.css")) + std::string(page_source("report.css"));
  return fill_page(page_source("report.html"), {{"title", html_text(document.title)},
                                                {"subtitle", html_text(document.subtitle)},
                                                {"style", style},
                                                {"tiles", tiles_html(document.tiles)},
                                                {"notices", notices},
                                                {"contents", contents},
                                                {"sections", sections},
                                                {"colophon", html_text(document.colophon)}});
}

}  // namespace tandem
