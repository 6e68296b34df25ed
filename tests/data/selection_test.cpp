#include "tandem/data/selection.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

using namespace tandem;

namespace {

CaptionSet hundred(bool classes) {
  CaptionSet set{.name = "hundred", .images = {}, .remarks = {}};
  for (int i = 0; i < 100; ++i) {
    CaptionedImage image{.id = "p" + std::to_string(i), .picture = {.file = "p"}, .captions = {"a picture"}};
    if (classes) image.label = "class" + std::to_string(i % 4);
    set.images.push_back(image);
  }
  return set;
}

std::set<std::string> ids(const CaptionSet& set) {
  std::set<std::string> all;
  for (const CaptionedImage& image : set.images) all.insert(image.id);
  return all;
}

CaptionSet part(const DataOptions& options, bool classes = true) {
  CaptionSet set = hundred(classes);
  select_part(set, options);
  return set;
}

}  // namespace

TEST_CASE("a limit keeps the same pictures for a seed and a larger one keeps them all and more") {
  const CaptionSet ten = part({.limit = 10, .seed = 3});
  const CaptionSet thirty = part({.limit = 30, .seed = 3});
  CHECK(ten.images.size() == 10);
  CHECK(ids(ten) == ids(part({.limit = 10, .seed = 3})));
  CHECK(ids(ten) != ids(part({.limit = 10, .seed = 4})));
  const std::set<std::string> more = ids(thirty);
  for (const std::string& id : ids(ten)) CHECK(more.contains(id));
  CHECK(ten.selection == "limit 10, seed 3");
  CHECK(std::is_sorted(ten.images.begin(), ten.images.end(), [](const auto& a, const auto& b) {
    return std::stoi(a.id.substr(1)) < std::stoi(b.id.substr(1));
  }));
  CHECK(part({.limit = 1000}).images.size() == 100);
  CHECK(part({}).selection == "");
}

TEST_CASE("so many a category keeps so many of each class") {
  const CaptionSet set = part({.per_category = 7});
  std::map<std::string, int> counts;
  for (const CaptionedImage& image : set.images) ++counts[image.label];
  CHECK(counts == std::map<std::string, int>{{"class0", 7}, {"class1", 7}, {"class2", 7}, {"class3", 7}});
  CHECK(set.selection == "7 a category, seed 0");
  CHECK(part({.limit = 5, .per_category = 7}).images.size() == 5);
  CHECK_THROWS_WITH_AS(part({.per_category = 7}, false),
                       doctest::Contains("--per-category needs data with classes, and hundred has none"),
                       c10::ValueError);
  CHECK_THROWS_AS(part({.limit = -1}), c10::ValueError);
}
