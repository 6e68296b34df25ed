#include "tandem/base/printable.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"

using namespace tandem;

TEST_CASE("what people write is shown as it is") {
  for (const char* text :
       {"", "a dog on a beach", "un café à Paris", "犬が走る", "🐕‍🦺 \"quoted\" \\ back", "می‌خواهم"})
    CHECK(printable(text) == text);
}

TEST_CASE("nothing that steers a terminal, turns a line or hides in it is shown raw") {
  CHECK(printable("\x1b]0;owned\x07") == "\\x1B]0;owned\\x07");
  CHECK(printable("a\nb\tc\rd\x7f") == "a\\nb\\tc\\rd\\x7F");
  CHECK(printable("\u009b31m") == "\\u009B31m");
  CHECK(printable("\u202egnp.exe\u2066\u2069") == "\\u202Egnp.exe\\u2066\\u2069");
  CHECK(printable("a\u2028b\u2029c\u200bd\ufeff") == "a\\u2028b\\u2029c\\u200Bd\\uFEFF");
  CHECK(printable(std::string_view("a\0b", 3)) == "a\\x00b");
}

TEST_CASE("bytes that are not UTF-8 are shown as their numbers and what is around them as it is") {
  CHECK(printable("caf\xe9 and café") == "caf\\xE9 and café");
  CHECK(printable("\xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82") ==
        "\\xC0\\xAF \\xED\\xA0\\x80 \\xF4\\x90\\x80\\x80 \\xE2\\x82");
}

TEST_CASE("a long name is cut and says by how much and a second time changes nothing") {
  const std::string fits(kLongestShownName, 'x');
  CHECK(printable(fits) == fits);
  const std::string cut = printable(std::string(1000000, 'x'));
  CHECK(cut.size() <= kLongestShownName);
  CHECK(cut == std::string(152, 'x') + "... (999848 more characters)");
  for (const std::string& text : {std::string(1000000, 'x'), std::string(300, '\x1b'), std::string(500, '\xe9')}) {
    CHECK(printable(text).size() <= kLongestShownName);
    CHECK(printable(printable(text)) == printable(text));
    CHECK(printable_sentence(printable_sentence(text)) == printable_sentence(text));
  }
}

TEST_CASE("a sentence that is too long keeps its beginning and its end" * doctest::test_suite("slow")) {
  const std::string said = printable_sentence("tensor \"" + std::string(200000000, 'a') + "\" with a list \"shape\"");
  CHECK(said.size() <= kLongestShownCaption);
  CHECK(said.starts_with("tensor \"aaa"));
  CHECK(said.ends_with("aaa\" with a list \"shape\""));
  CHECK(said.find("more characters") != std::string::npos);
}

TEST_CASE("an error's sentence shows nothing raw and is never long") {
  const FileError error("pictures/\x1b[2J.jpg", "a caption \"\u202e\"", std::string(1 << 20, '\n'));
  const std::string said = error.what();
  CHECK(said.starts_with("pictures/\\x1B[2J.jpg: expected a caption \"\\u202E\", found \\n\\n"));
  CHECK(said.size() < 3000);
  CHECK(error.file() == "pictures/\x1b[2J.jpg");
}
