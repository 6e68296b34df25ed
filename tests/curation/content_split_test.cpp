#include "tandem/curation/content_split.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <map>

#include "curation/drawn_photo.h"
#include "data/has_remark.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/images/jpeg_codec.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// 30 photographs and a recompressed copy of each.
struct Copied {
  PictureFolder folder;
  CaptionSet set{.name = "drawn", .images = {}, .remarks = {split_remark("their names")}, .splits_made = true};
  Copied() {
    for (unsigned seed = 0; seed < 30; ++seed) {
      for (const int quality : {90, 55})
        folder.add(std::to_string(seed) + "-" + std::to_string(quality) + ".jpg",
                   encode_jpeg(drawn_photo(seed), quality));
    }
    for (const PictureSource& source : folder.sources()) {
      const std::string id = source.file.filename().string();
      set.images.push_back({.id = id, .picture = source, .split = split_by_hash(id), .captions = {"a blob"}});
    }
  }
};

std::map<std::string, Split> sides_of(const CaptionSet& set) {
  std::map<std::string, Split> sides;
  for (const CaptionedImage& image : set.images) sides[image.id] = image.split;
  return sides;
}

}  // namespace

TEST_CASE("a picture and its copy fall on one side and all sides have some") {
  Copied copied;
  CaptionSet set = copied.set;
  split_by_content(set, 2);
  std::map<Split, int> counts;
  for (std::size_t i = 0; i < set.images.size(); i += 2) {
    CHECK(set.images[i].split == set.images[i + 1].split);
    ++counts[set.images[i].split];
  }
  CHECK(counts[Split::kTrain] > 15);
  CHECK(set.remarks == std::vector<std::string>{content_split_remark()});
}

TEST_CASE("the side depends on content and not on names or order or other pictures") {
  Copied copied;
  CaptionSet all = copied.set, some = copied.set;
  split_by_content(all, 2);
  some.images.erase(some.images.begin() + 20, some.images.begin() + 40);
  std::reverse(some.images.begin(), some.images.end());
  for (CaptionedImage& image : some.images) image.split = Split::kNone;
  split_by_content(some, 1);
  const auto sides = sides_of(all);
  for (const CaptionedImage& image : some.images) CHECK(image.split == sides.at(image.id));
}

TEST_CASE("given splits are left alone and a picture without bytes keeps its side") {
  CaptionSet given{.name = "given"};
  CHECK_THROWS_WITH_AS(split_by_content(given), doctest::Contains("were given"), c10::ValueError);
  CaptionSet set{.name = "made",
                 .images = {{.id = "a", .picture = {.file = "missing.jpg"}, .split = Split::kDev, .captions = {"x"}}},
                 .splits_made = true};
  split_by_content(set);
  CHECK(set.images[0].split == Split::kDev);
}
