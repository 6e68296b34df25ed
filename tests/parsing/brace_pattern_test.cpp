#include "tandem/parsing/brace_pattern.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"

using namespace tandem;
using Names = std::vector<std::string>;

TEST_CASE("braces count and list") {
  CHECK(expand_braces("a.tar") == Names{"a.tar"});
  CHECK(expand_braces("d/{008..011}.tar") == Names{"d/008.tar", "d/009.tar", "d/010.tar", "d/011.tar"});
  CHECK(expand_braces("{train,val}-{0..1}") == Names{"train-0", "train-1", "val-0", "val-1"});
  CHECK(expand_braces("{9..10}") == Names{"9", "10"});
  CHECK(expand_braces("{a,}x") == Names{"ax", "x"});
}

TEST_CASE("braces that mean nothing are refused") {
  for (const char* pattern : {"a{0..", "{}", "{a}", "{3..1}", "{..}", "{a..b}", "{0..99999999}", "{0..999}{0..999}",
                              "{1..}", "{-1..2}", "{0..9999999999999999999999}"}) {
    CAPTURE(pattern);
    CHECK_THROWS_AS(expand_braces(pattern), FileError);
  }
}

TEST_CASE("an open pattern counts on") {
  const auto open = open_pattern("out/{008..}.tar");
  REQUIRE(open);
  CHECK(open->name(0) == "out/008.tar");
  CHECK(open->name(2) == "out/010.tar");
  CHECK(open->name(1000) == "out/1008.tar");
  for (const char* pattern : {"out.tar", "{00..12}.tar", "{..}.tar", "{a..}.tar", "{0..}{0..}.tar", "}{0..", "{0.}"})
    CHECK_FALSE(open_pattern(pattern));
}
