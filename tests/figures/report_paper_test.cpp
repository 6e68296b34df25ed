#include "tandem/figures/report_paper.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <regex>

#include "sample_report.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tests::sample_report;
using tests::ScratchFolder;

namespace {

int page_objects(const std::string& pdf) {
  static const std::regex kPage("/Type /Page[^s]");
  return static_cast<int>(std::distance(std::sregex_iterator(pdf.begin(), pdf.end(), kPage), std::sregex_iterator()));
}

}  // namespace

TEST_CASE("a report on paper is a PDF with as many pages as it says, an outline, and the same bytes each time") {
  const ReportPaper paper = report_paper(sample_report());
  CHECK(paper.pdf.starts_with("%PDF-"));
  CHECK(paper.pages == page_objects(paper.pdf));
  CHECK(paper.pdf.find("/Outlines") != std::string::npos);
  CHECK(paper.pdf == report_paper(sample_report()).pdf);
}

TEST_CASE("a long table goes on over pages") {
  const ReportPaper paper = report_paper(sample_report(200));
  CHECK(paper.pages > 4);
  CHECK(paper.pages == page_objects(paper.pdf));
}

TEST_CASE("the words of a report on paper can be searched" * doctest::test_suite("slow")) {
  if (std::system("pdftotext -v >/dev/null 2>&1") != 0) {
    std::cout << "SKIPPED: pdftotext is not there" << std::endl;
    return;
  }
  const ScratchFolder folder;
  write_file(folder / "report.pdf", report_paper(sample_report()).pdf);
  const std::string command =
      "pdftotext '" + (folder / "report.pdf").string() + "' '" + (folder / "report.txt").string() + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  const std::string text = read_file(folder / "report.txt");
  for (const char* words : {"Report on <model>", "38.4%", "Numbers are loose.", "row 2", "A chart", "1 of 1"})
    CHECK_MESSAGE(text.find(words) != std::string::npos, words);
}
