#include "tandem/evaluation/encoder_scan.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <set>

using namespace tandem;

namespace {

/// Every third picture is of the split test.
CaptionSet thirty_pictures() {
  CaptionSet set;
  for (int i = 0; i < 30; ++i) {
    const std::string number = std::to_string(i);
    set.images.push_back({.id = number,
                          .picture = {.file = "/" + number + ".jpg"},
                          .split = i % 3 == 0 ? Split::kTest : Split::kTrain,
                          .captions = {"first of " + number, "second of " + number}});
  }
  return set;
}

}  // namespace

TEST_CASE("a sample holds different pictures of its split, each with its first caption") {
  const CaptionSample sample = draw_sample(thirty_pictures(), {.split = "test", .sample = 7});
  REQUIRE(sample.pictures.size() == 7);
  std::set<std::string> files;
  for (std::size_t i = 0; i < 7; ++i) {
    const std::string number = sample.pictures[i].file.stem().string();
    files.insert(number);
    CHECK(std::stoi(number) % 3 == 0);
    CHECK(sample.captions[i] == "first of " + number);
  }
  CHECK(files.size() == 7);
}

TEST_CASE("the same seed draws the same sample, and a split that is too small gives all it has") {
  const CaptionSet set = thirty_pictures();
  const ScanOptions options{.split = "all", .sample = 10, .seed = 4};
  CHECK((draw_sample(set, options).captions == draw_sample(set, options).captions));
  CHECK_FALSE((draw_sample(set, options).captions == draw_sample(set, {.split = "all", .sample = 10}).captions));
  CHECK(draw_sample(set, {.split = "test"}).pictures.size() == 10);
  CHECK_THROWS_WITH_AS(draw_sample(set, {.split = "toast"}), doctest::Contains("got \"toast\""), c10::ValueError);
}
