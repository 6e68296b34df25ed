#include "tandem/parsing/spreadsheet_cell.h"

#include <doctest/doctest.h>

#include <string>

using namespace tandem;

TEST_CASE("a text that begins like a formula gets an apostrophe in a spreadsheet and comes back without") {
  for (const char* text :
       {"=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uFF1D1+1", "'=1", "''@x"}) {
    CAPTURE(text);
    CHECK(spreadsheet_cell(text) == "'" + std::string(text));
    CHECK(text_of_cell(spreadsheet_cell(text)) == text);
  }
}

TEST_CASE("any other text is its own cell") {
  for (const char* text : {"", "a dog", "'", "''", "'quoted'", "a = b", " =1", "\xC3\xA9t\xC3\xA9", "5 - 3"}) {
    CAPTURE(text);
    CHECK(spreadsheet_cell(text) == text);
    CHECK(text_of_cell(text) == text);
  }
}
