#include "tandem/data/caption_set.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"

using namespace tandem;

namespace {

CaptionSet pair_of_pictures() {
  return {.name = "test",
          .images = {{.id = "a.jpg", .picture = {.file = "a.jpg"}, .split = Split::kTrain, .captions = {"one", "two"}},
                     {.id = "b.jpg", .picture = {.file = "b.jpg"}, .split = Split::kTest, .captions = {"three"}}},
          .remarks = {}};
}

}  // namespace

TEST_CASE("splits have one name each and dev answers to three") {
  for (const Split split : {Split::kTrain, Split::kDev, Split::kTest, Split::kNone}) {
    CHECK(split_named(split_name(split)) == split);
  }
  CHECK(split_named("val") == Split::kDev);
  CHECK(split_named("valid") == Split::kDev);
  CHECK_FALSE(split_named("Train").has_value());
  CHECK_FALSE(split_named("").has_value());
}

TEST_CASE("a sound set passes and its captions are counted") {
  CHECK_NOTHROW(check_caption_set(pair_of_pictures(), "data.csv"));
  CHECK(pair_of_pictures().caption_count() == 3);
}

TEST_CASE("a set that breaks its promises is refused with the picture") {
  CHECK_THROWS_WITH_AS(check_caption_set({}, "data.csv"), "data.csv: expected pictures with captions, found none",
                       FileError);
  CaptionSet set = pair_of_pictures();
  set.images[1].id = "a.jpg";
  CHECK_THROWS_WITH_AS(check_caption_set(set, "x"), doctest::Contains("\"a.jpg\" twice"), FileError);
  set = pair_of_pictures();
  set.images[1].captions.clear();
  CHECK_THROWS_WITH_AS(check_caption_set(set, "x"), doctest::Contains("a caption for \"b.jpg\""), FileError);
  set = pair_of_pictures();
  set.images[0].captions[1] = " \xC2\xA0 ";
  CHECK_THROWS_WITH_AS(check_caption_set(set, "x"), doctest::Contains("a blank one of \"a.jpg\""), FileError);
  set.images[0].captions[1] = "caf\xE9";
  CHECK_THROWS_WITH_AS(check_caption_set(set, "x"), doctest::Contains("captions in UTF-8"), FileError);
}
