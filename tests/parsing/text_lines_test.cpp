#include "tandem/parsing/text_lines.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"

using tandem::text_lines;
using tandem::TextLines;

TEST_CASE("lines keep their numbers, and blank ones are counted") {
  const TextLines lines = text_lines(
      "\xEF\xBB\xBF"
      "a dog\r\n\n \t\ntwo  cats\nlast",
      "a.txt");
  CHECK(lines.texts == std::vector<std::string>{"a dog", "two  cats", "last"});
  CHECK(lines.numbers == std::vector<std::int64_t>{1, 4, 5});
  CHECK(lines.blank == 2);
  CHECK(text_lines("", "a.txt").texts.empty());
}

TEST_CASE("a line that is not UTF-8 is named") {
  CHECK_THROWS_WITH_AS(text_lines("a dog\ncaf\xE9\n", "a.txt"),
                       "a.txt: expected text in UTF-8, found other bytes in line 2", tandem::FileError);
}
