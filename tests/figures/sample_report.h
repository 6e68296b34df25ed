// A report with one block of every kind, and with text that must not become markup.
#pragma once

#include "page_data.h"
#include "tandem/figures/report_document.h"
#include "tandem/figures/share_bars.h"
#include "tandem/images/jpeg_codec.h"

namespace tandem::tests {

inline ReportDocument sample_report(std::size_t table_rows = 3) {
  const RgbImage grey{.height = 6, .width = 8, .pixels = std::vector<std::uint8_t>(6 * 8 * 3, 128)};
  ReportDocument document{
      .title = "Report on <model>",
      .subtitle = "toy, split test",
      .tiles = {{.name = "Recall", .value = "38.4%", .note = "95%: 36–40"}},
      .notices = {{.text = "Numbers are loose.", .tone = ReportTone::kWarning}},
      .sections = {},
      .colophon = "made by a test",
      .pictures = {{.name = "grey.jpg", .jpeg = encode_jpeg(grey, 80)}, {.name = "<gone>.jpg", .jpeg = ""}}};
  ReportTable table{.columns = {{.heading = "Name", .is_text = true}, {"R@1"}}, .rows = {}};
  table.rows.push_back({.cells = {{"kinds"}}, .heading = true});
  for (std::size_t i = 0; i < table_rows; ++i)
    table.rows.push_back({.cells = {{"row " + std::to_string(i)}, {"12.5", "11–14"}}, .soft = i % 2 == 1});
  const auto draw = [](const FigureTarget& target) {
    draw_share_bars(target, {{.name = "part", .colour = &Theme::image}}, {{.label = "bar", .counts = {3}}}, "bars");
  };
  document.sections = {
      {.id = "results",
       .title = "Results",
       .blocks = {ReportFacts{{{"Split", "test"}}}, table,
                  ReportCharts{{{.title = "A chart", .caption = "", .draw = draw}}}}},
      {.id = "pairs",
       .title = "Pairs",
       .blocks = {ReportParagraph{.text = "Soft words.", .tone = ReportTone::kSoft},
                  ReportCards{.title = "Best",
                              .what = "The best.",
                              .cards = {{.picture = 0,
                                         .text = kHostileCaption,
                                         .verdict = "Rank 1",
                                         .hits = {{.picture = 1, .note = "1 · 0.43", .own = true}}}}},
                  ReportCards{
                      .title = "", .what = "", .cards = {{.picture = 1, .text = "", .verdict = "9"}}, .small = true}}}};
  return document;
}

}  // namespace tandem::tests
