#include "tandem/curation/duplicate_groups.h"

#include <doctest/doctest.h>

#include <bit>
#include <random>

#include "curation/drawn_photo.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/images/resample.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Rows = std::vector<std::int64_t>;

/// Joins by relabelling, over every pair.
std::vector<Rows> slow_groups(const std::vector<SurveyedPicture>& pictures, int distance) {
  std::vector<std::size_t> label(pictures.size());
  for (std::size_t i = 0; i < label.size(); ++i) label[i] = i;
  for (std::size_t i = 0; i < label.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool near =
          std::popcount(pictures[i].hash ^ pictures[j].hash) <= distance && look_alike(pictures[i], pictures[j]);
      if (!near && pictures[i].checksum != pictures[j].checksum) continue;
      const std::size_t from = label[i];
      const std::size_t to = label[j];
      std::replace(label.begin(), label.end(), std::max(from, to), std::min(from, to));
    }
  }
  std::vector<Rows> members(label.size()), groups;
  for (std::size_t i = 0; i < label.size(); ++i) members[label[i]].push_back(static_cast<std::int64_t>(i));
  for (const Rows& rows : members) {
    if (rows.size() > 1) groups.push_back(rows);
  }
  return groups;
}

std::vector<Rows> rows_of(const std::vector<DuplicateGroup>& groups) {
  std::vector<Rows> rows;
  for (const DuplicateGroup& group : groups) rows.push_back(group.pictures);
  return rows;
}

}  // namespace

TEST_CASE("groups are those that comparing every pair of pictures finds") {
  std::mt19937_64 chance(3);
  std::vector<SurveyedPicture> pictures;
  for (int i = 0; i < 300; ++i) {
    SurveyedPicture picture{.checksum = std::to_string(chance() % 280), .height = 3, .width = 4, .hash = 0xF0F0};
    for (int flips = static_cast<int>(chance() % 12); flips > 0; --flips)
      picture.hash ^= std::uint64_t{1} << (chance() % 64);
    const auto look = static_cast<std::uint8_t>(100 + 20 * (chance() % 5));
    for (std::size_t k = 0; k < picture.thumbnail.size(); ++k)
      picture.thumbnail[k] = static_cast<std::uint8_t>(k % 2 == 0 ? look : 90);
    pictures.push_back(picture);
  }
  // Equal bytes decode to equal pictures.
  for (auto& picture : pictures) {
    const auto same = std::find_if(pictures.begin(), pictures.end(),
                                   [&](const auto& other) { return other.checksum == picture.checksum; });
    picture = *same;
  }
  for (const int distance : {0, 3, 7}) {
    const std::vector<Rows> slow = slow_groups(pictures, distance);
    CHECK(slow.size() > 3);
    CHECK(rows_of(duplicate_groups(pictures, distance)) == slow);
  }
}

TEST_CASE("planted copies are found and mirrored and cut and other pictures are not") {
  PictureFolder folder;
  const RgbImage photo = drawn_photo(7);
  const RgbImage other = drawn_photo(8);
  const std::string bytes = encode_jpeg(photo, 90);
  folder.add("photo.jpg", bytes);
  folder.add("copy.jpg", bytes);
  folder.add("recompressed.jpg", encode_jpeg(photo, 40));
  folder.add("half.jpg", encode_jpeg(resize(photo, 48, 64, Filter::kLanczos), 90));
  folder.add("brighter.jpg", encode_jpeg(brighter(photo, 5), 90));
  folder.add("mirrored.jpg", encode_jpeg(mirrored(photo), 90));
  folder.add("other.jpg", encode_jpeg(other, 90));
  folder.add("other copy.jpg", encode_jpeg(other, 90));
  for (unsigned seed = 100; seed < 160; ++seed)
    folder.add(std::to_string(seed) + ".jpg", encode_jpeg(drawn_photo(seed), 90));
  const std::vector<DuplicateGroup> groups = duplicate_groups(folder.survey());
  REQUIRE(rows_of(groups) == std::vector<Rows>{{0, 1, 2, 3, 4}, {6, 7}});
  CHECK_FALSE(groups[0].exact);
  CHECK(groups[1].exact);
}

TEST_CASE("pictures of one colour are duplicates only of their own colour") {
  PictureFolder folder;
  for (const int level : {0, 60, 120, 180, 255})
    folder.add(std::to_string(level) + ".jpg", encode_jpeg(one_colour(static_cast<std::uint8_t>(level)), 90));
  folder.add("again.jpg", encode_jpeg(one_colour(120), 50));
  CHECK(rows_of(duplicate_groups(folder.survey())) == std::vector<Rows>{{2, 5}});
}

TEST_CASE("pictures that cannot be read are duplicates of equal bytes alone and say why") {
  PictureFolder folder;
  folder.add("a.jpg", "no picture");
  folder.add("b.jpg", "no picture");
  folder.add("c.jpg", "");
  std::vector<PictureSource> sources = folder.sources();
  sources.push_back({.file = "missing.jpg"});
  sources.push_back({.file = "missing.jpg"});
  const std::vector<SurveyedPicture> survey = survey_pictures(sources, 1);
  CHECK(rows_of(duplicate_groups(survey)) == std::vector<Rows>{{0, 1}});
  for (const SurveyedPicture& picture : survey) CHECK_FALSE(picture.readable());
  CHECK(survey[0].unreadable.find("no picture") != std::string::npos);
  CHECK(survey[3].checksum.empty());
}
