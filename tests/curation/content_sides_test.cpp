#include "tandem/curation/content_sides.h"

#include <doctest/doctest.h>

#include "data/has_remark.h"
#include "tandem/curation/content_split.h"
#include "tandem/data/split_by_hash.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

CaptionSet unsettled() {
  return {.name = "made",
          .images = {{.id = "a", .picture = {.file = "a.jpg"}, .split = Split::kTrain, .captions = {"x"}},
                     {.id = "b", .picture = {.file = "b.jpg"}, .split = Split::kTrain, .captions = {"y"}}},
          .remarks = {split_remark("their names")},
          .splits_made = true};
}

}  // namespace

TEST_CASE("kept sides are taken where they are by content and left where they are not") {
  const std::vector<std::string> ids = {"b", "elsewhere", "a"};
  const std::vector<Split> splits = {Split::kTest, Split::kTrain, Split::kDev};
  CaptionSet set = unsettled();
  CHECK_FALSE(take_sides(set, {ids, splits, {split_remark("their names")}}));
  CHECK(set.images[0].split == Split::kTrain);
  CHECK(take_sides(set, {ids, splits, {content_split_remark()}}));
  CHECK(set.images[0].split == Split::kDev);
  CHECK(set.images[1].split == Split::kTest);
  CHECK(set.remarks == std::vector<std::string>{content_split_remark()});
}

TEST_CASE("only sides that were made are settled") {
  std::string doing;
  const Stages stages = [&](const std::string& what, const std::string&) {
    doing = what;
    return Progress();
  };
  CaptionSet given = unsettled();
  given.splits_made = false;
  settle_sides(given, 1, stages);
  CHECK(doing.empty());
  CHECK(given.remarks == unsettled().remarks);
  CaptionSet made = unsettled();
  settle_sides(made, 1, stages);
  CHECK(doing == "splitting by content");
  CHECK(made.remarks == std::vector<std::string>{content_split_remark()});
}
