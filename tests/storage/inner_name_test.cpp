#include "tandem/storage/inner_name.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"

using namespace tandem;

namespace {

const std::vector<std::string> kClimbing = {"",
                                            "/a",
                                            "..",
                                            "../a",
                                            "a/../b",
                                            "a/..",
                                            "./a",
                                            "a//b",
                                            "a/",
                                            "a\\b",
                                            "a\nb",
                                            std::string("a\0b", 3),
                                            std::string(1025, 'a')};

}  // namespace

TEST_CASE("a name from a file must stay in its folder, or is refused with the file and the name") {
  for (const std::string& name : kClimbing) {
    CAPTURE(name);
    CHECK(!is_plain_name(name));
    CHECK_THROWS_WITH_AS(checked_inner_name(name, "a shard", "manifest.json"),
                         doctest::Contains("manifest.json: expected a shard whose name stays in its folder, found \""),
                         FileError);
  }
  for (const char* name : {"a", "a.json", "a/b", "..a", "a..b/c", ".hidden"})
    CHECK(checked_inner_name(name, "a shard", "manifest.json") == name);
  CHECK(is_plain_name("a.json"));
  CHECK(!is_plain_name("a/b"));
}

TEST_CASE("a name that is refused cannot speak to the terminal") {
  CHECK_THROWS_WITH_AS(checked_inner_name("../\x1b]0;owned\x07\xff", "a shard", "m"),
                       "m: expected a shard whose name stays in its folder, found \"../\\u001b]0;owned\\u0007\\ufffd\"",
                       FileError);
}

TEST_CASE("a place may be absolute, and otherwise stays in its folder") {
  CHECK(checked_place("/models/vit", "an encoder", "run.json") == "/models/vit");
  CHECK(checked_place("encoders/image-0", "an encoder", "run.json") == "encoders/image-0");
  for (const std::string& place :
       {std::string(), std::string("../vit"), std::string("a/../../b"), std::string("/a\0b", 4)}) {
    CHECK_THROWS_WITH_AS(checked_place(place, "an encoder", "run.json"),
                         doctest::Contains("expected an encoder with an absolute path"), FileError);
  }
}
