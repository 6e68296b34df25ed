#include "tandem/parsing/caption_text.h"

#include <doctest/doctest.h>

using namespace tandem;

TEST_CASE("only well-formed UTF-8 is UTF-8") {
  for (const char* good : {"", "a dog", "caf\xC3\xA9", "\xE7\x8A\xAC", "\xF0\x9F\x90\xB6", "\xD7\x9B\xD7\x9C\xD7\x91"})
    CHECK(is_utf8(good));
  for (const char* bad : {"caf\xE9", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xFF"})
    CHECK_FALSE(is_utf8(bad));
}

TEST_CASE("white space and invisible characters alone are blank") {
  for (const char* blank : {"", " \t\r\n", "\xC2\xA0", "\xE2\x80\x8B", "\xE3\x80\x80", "\xEF\xBB\xBF", "\x01\x7F"})
    CHECK(is_blank(blank));
  for (const char* text : {"a", ".", " \xE7\x8A\xAC ", "\xC2\xA0x"}) CHECK_FALSE(is_blank(text));
}

TEST_CASE("a clean caption has single spaces and no control characters") {
  CHECK(clean_caption("  a  dog\tin\r\nthe\x01grass \n") == "a dog in the grass");
  CHECK(clean_caption(" \n ") == "");
  for (const char* text : {"", " ", "a", " a", "a ", "a dog", "a  dog", "a\tdog", "a\x7F", "caf\xC3\xA9 au lait"})
    CHECK(is_clean_caption(text) == (clean_caption(text) == text));
  CHECK(clean_caption("caf\xC3\xA9  \xE7\x8A\xAC") == "caf\xC3\xA9 \xE7\x8A\xAC");
}

TEST_CASE("lines end in line feeds with or without carriage returns") {
  std::string_view text = "one\r\ntwo\n\nthree";
  CHECK(take_line(text) == "one");
  CHECK(take_line(text) == "two");
  CHECK(take_line(text) == "");
  CHECK(take_line(text) == "three");
  CHECK(text.empty());
  CHECK(without_byte_order_mark("\xEF\xBB\xBFimage") == "image");
  CHECK(lower_case("A Dog \xC3\x89") == "a dog \xC3\x89");
}
