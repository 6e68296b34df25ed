// A report as A4 pages in PDF.
#pragma once

#include <string>

#include "tandem/figures/report_document.h"

namespace tandem {

struct ReportPaper {
  std::string pdf;  ///< bytes of the file
  int pages = 0;
};

/// Lays the report out on pages with numbers, an outline, text that can be searched and charts as
/// vectors. Letters are DejaVu Sans: right-to-left scripts and emoji come out as on every canvas
/// (canvas.h).
/// Throws std::out_of_range if a card names a picture that the document does not have; FileError
/// if a picture is not a JPEG; std::runtime_error as PaperPages::finish does.
ReportPaper report_paper(const ReportDocument& document);

}  // namespace tandem
