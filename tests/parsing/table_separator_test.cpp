#include "tandem/parsing/table_separator.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <string>

#include "tandem/base/errors.h"

using namespace tandem;

namespace {

char separator_of(const std::string& text, const ColumnChoice& choice = {}) {
  return table_separator(text, choice, "x.csv");
}

}  // namespace

TEST_CASE("the separator is the one whose first record names the columns") {
  CHECK(separator_of("image,caption\na.jpg,one; two; three\nb.jpg,four; five; six\n") == ',');
  CHECK(separator_of("image;caption\na.jpg;one, two\nb.jpg;three, four\n") == ';');
  CHECK(separator_of("\xEF\xBB\xBFimage\tcaption\na.jpg\tone, two\n") == '\t');
  CHECK(separator_of("image|caption\r\na.jpg|a, b; c\r\n") == '|');
  CHECK(separator_of("photo;words\na.jpg;one, two\n", {.image = "photo", .caption = "words"}) == ';');
}

TEST_CASE("quoted separators and line ends do not count") {
  CHECK(separator_of("\"image\";\"caption\"\n\"a.jpg\";\"one, \"\"two\"\"\nthree\"\n") == ';');
  CHECK(separator_of("a.jpg,\"one; two\"\nb.jpg,\"three; four\"\n") == ',');
  CHECK(separator_of("a.jpg;\"one, two\"\nb.jpg;\"three, four\"\n") == ';');
}

TEST_CASE("without names the separator is the one that gives every record as many fields") {
  CHECK(separator_of("a.jpg;a dog, asleep\nb.jpg;a cat\n") == ';');
  CHECK(separator_of("a.jpg,a dog\nb.jpg,a cat; asleep\n") == ',');
  CHECK(separator_of("a.jpg|a dog\nb.jpg|a cat\n", {.image = "1", .caption = "2"}) == '|');
  CHECK(separator_of("a.jpg,a dog, asleep\nb.jpg,a cat\n") == ',');
}

TEST_CASE("without names a separator with which the first record has a picture comes first") {
  const auto is_picture = [](const std::string& field) { return field == "a.jpg"; };
  const std::string both = "a.jpg,a dog;asleep\nb.jpg,a cat;awake\n";
  CHECK(table_separator(both, {}, "x.csv", is_picture) == ',');
  CHECK(table_separator("asleep;a.jpg\nawake, or not;b.jpg\n", {.image = "2"}, "x.csv", is_picture) == ';');
}

TEST_CASE("several separators that fit equally are refused with the option that helps") {
  CHECK_THROWS_WITH_AS(separator_of("a.jpg,a dog;asleep\nb.jpg,a cat;awake\n"),
                       "x.csv: expected one delimiter that fits the first records, or its name in --delimiter, found "
                       "several: comma, semicolon",
                       FileError);
}

TEST_CASE("text without any separator, broken quotes and no text at all are taken as separated by commas") {
  CHECK(separator_of("") == ',');
  CHECK(separator_of("\n\n") == ',');
  CHECK(separator_of("one column\nno more\n") == ',');
  CHECK(separator_of("image,caption\na.jpg,\"never closed\n") == ',');
  CHECK(separator_of("\"never closed; a, b") == ',');
}

TEST_CASE("separators have names, and letters, quotes and spaces are none") {
  CHECK(separator_named("comma") == ',');
  CHECK(separator_named("Semicolon") == ';');
  CHECK(separator_named("tab") == '\t');
  CHECK(separator_named("bar") == '|');
  CHECK(separator_named(":") == ':');
  for (const char* word : {"", "x", "7", "Z", "\"", " ", "\n", ",,", "comma,", "\xC3\xA4"}) {
    CAPTURE(word);
    CHECK_THROWS_WITH_AS(separator_named(word), doctest::Contains("--delimiter is comma, semicolon, tab, bar"),
                         c10::ValueError);
  }
}
