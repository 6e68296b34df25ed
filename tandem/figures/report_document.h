// The content of a report, without its looks: report_page.h makes a web page of it, report_paper.h
// a PDF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tandem/figures/canvas.h"

namespace tandem {

/// A picture of the report, kept once.
struct ReportPicture {
  std::string name;  ///< shown if the picture is missing
  std::string jpeg;  ///< bytes of a small JPEG file; empty: the picture could not be read
};

enum class ReportTone {
  kPlain,
  kSoft,    ///< explains what is beside it
  kWarning  ///< limits what the numbers mean
};

struct ReportParagraph {
  std::string text;
  ReportTone tone = ReportTone::kPlain;
};

/// Names with what they are: "Split": "test".
struct ReportFacts {
  std::vector<std::pair<std::string, std::string>> facts;
};

struct ReportColumn {
  std::string heading;
  bool is_text = false;  ///< set at the left, and wrapped; otherwise a number, set at the right
};

struct ReportCell {
  std::string text;
  std::string note = {};  ///< a second, smaller line, such as an interval
};

struct ReportRow {
  std::vector<ReportCell> cells;  ///< one per column
  bool soft = false;              ///< less important than the others
  bool heading = false;           ///< only the first cell is used; it names the rows below
};

struct ReportTable {
  std::vector<ReportColumn> columns;
  std::vector<ReportRow> rows;
};

struct ReportChart {
  std::string title;
  std::string caption;                            ///< below the chart; empty: none
  std::function<void(const FigureTarget&)> draw;  ///< hands the target one figure, one column wide
};

/// Charts side by side where there is room.
struct ReportCharts {
  std::vector<ReportChart> charts;
};

/// A small picture in a card's row of results.
struct ReportHit {
  std::size_t picture = 0;  ///< index into ReportDocument::pictures
  std::string note;         ///< "1 · 0.43"
  bool own = false;         ///< it is the right one
};

struct ReportCard {
  std::size_t picture = 0;           ///< index into ReportDocument::pictures
  std::string text;                  ///< a caption, or a number with its unit; may be empty
  std::string verdict;               ///< one line about it
  std::vector<ReportHit> hits = {};  ///< may be empty
};

/// Cards of one kind: pictures with captions and results.
struct ReportCards {
  std::string title;
  std::string what;  ///< one sentence: which cards these are
  std::vector<ReportCard> cards;
  bool small = false;  ///< the pictures are small, several in a row
};

using ReportBlock = std::variant<ReportParagraph, ReportFacts, ReportTable, ReportCharts, ReportCards>;

struct ReportSection {
  std::string id;  ///< one word: the anchor
  std::string title;
  std::vector<ReportBlock> blocks;
};

/// A number at the head of the report.
struct ReportTile {
  std::string name;
  std::string value;
  std::string note;
};

struct ReportDocument {
  std::string title;
  std::string subtitle;
  std::vector<ReportTile> tiles;
  std::vector<ReportParagraph> notices;  ///< below the tiles
  std::vector<ReportSection> sections;
  std::string colophon;  ///< the last line: what made the report
  std::vector<ReportPicture> pictures;
};

}  // namespace tandem
