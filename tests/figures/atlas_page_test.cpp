#include "tandem/figures/atlas_page.h"

#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cstring>
#include <limits>

#include "page_data.h"
#include "small_map.h"
#include "tandem/base/errors.h"
#include "tandem/figures/base64.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::kHostileCaption;
using tandem::tests::page_data;
using tandem::tests::ScratchFolder;
using tandem::tests::small_map;

namespace {

Atlas small_atlas() {
  return {.map = small_map(),
          .image_ids = {"a.jpg", "b \"c\".jpg", "<d>.jpg"},
          .captions = {"one", kHostileCaption, "", "four"},
          .image_labels = {"dog", "cat", "dog"},
          .caption_verdicts = {"aligned", "", "hub", "aligned"},
          .image_ranks = {1, 2, 300000},
          .caption_ranks = {1, 3, 2, 1},
          .own_similarity = at::tensor({0.5F, -1.0F, 1.0F, 0.0F}),
          .captions_of_image = {.row = at::tensor({0L, 3L, 1L, 2L, 2L, 0L}).view({3, 2}),
                                .similarity = at::tensor({0.9F, 0.8F, 0.7F, 0.6F, 0.5F, 0.4F}).view({3, 2})},
          .images_of_caption = {.row = at::tensor({0L, 1L, 2L, 0L}).view({4, 1}),
                                .similarity = at::tensor({0.9F, 0.8F, 0.7F, 0.6F}).view({4, 1})},
          .thumbnails = {.side = 24,
                         .columns = 2,
                         .sheets = {"\xff\xd8 a sheet"},
                         .places = {{.cell = 0, .width = 24, .height = 16}, {}, {.cell = 3, .width = 1, .height = 1}}}};
}

/// What base64() packed, unpacked by the definition.
template <typename T>
std::vector<T> numbers(const nlohmann::json& field) {
  const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int held = 0;
  for (const char c : field.get<std::string>()) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<unsigned>(letters.find(c));
    held += 6;
    if (held >= 8) bytes += static_cast<char>(bits >> (held -= 8) & 255);
  }
  std::vector<T> unpacked(bytes.size() / sizeof(T));
  std::memcpy(unpacked.data(), bytes.data(), bytes.size());
  return unpacked;
}

std::string written(const Atlas& atlas) {
  const ScratchFolder folder;
  write_atlas_page(folder / "atlas.html", atlas);
  return read_file(folder / "atlas.html");
}

}  // namespace

TEST_CASE("base64 pads as RFC 4648 does") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64("\xff\xfe\xfd") == "//79");
}

TEST_CASE("the atlas holds every point with its caption, partner, rank and neighbours") {
  const nlohmann::json data = page_data(written(small_atlas()));
  CHECK(data.at("ids")[2] == "<d>.jpg");
  CHECK(data.at("captions")[1] == kHostileCaption);
  CHECK(numbers<float>(data.at("points")) ==
        std::vector<float>{0, 0, 1, 0.5F, -2, 3, 0.1F, 0.2F, 1.5F, 0.5F, -2, 2, 0, -1});
  CHECK(numbers<std::uint32_t>(data.at("imageOf")) == std::vector<std::uint32_t>{0, 1, 2, 0});
  CHECK(numbers<std::uint32_t>(data.at("ranks")) == std::vector<std::uint32_t>{1, 2, 300000, 1, 3, 2, 1});
  CHECK(numbers<std::int16_t>(data.at("own")) == std::vector<std::int16_t>{16384, -32767, 32767, 0});
  CHECK(data.at("listedOfPicture") == 2);
  CHECK(data.at("listedOfCaption") == 1);
  CHECK(numbers<std::uint32_t>(data.at("nearest")) == std::vector<std::uint32_t>{0, 3, 1, 2, 2, 0, 0, 1, 2, 0});
  CHECK(numbers<std::int16_t>(data.at("nearestSimilarities")).front() == 29490);
}

TEST_CASE("classes and verdicts are named once, and no verdict is the last name") {
  const nlohmann::json data = page_data(written(small_atlas()));
  CHECK(data.at("labels").at("names") == nlohmann::json({"cat", "dog"}));
  CHECK(numbers<std::uint16_t>(data.at("labels").at("of")) == std::vector<std::uint16_t>{1, 0, 1});
  CHECK(data.at("verdicts").at("names") == nlohmann::json({"aligned", "hub", ""}));
  CHECK(numbers<std::uint16_t>(data.at("verdicts").at("of")) == std::vector<std::uint16_t>{0, 2, 1, 0});
  Atlas plain = small_atlas();
  plain.image_labels.clear();
  plain.caption_verdicts.clear();
  CHECK(page_data(written(plain)).at("labels").is_null());
  CHECK(page_data(written(plain)).at("verdicts").is_null());
}

TEST_CASE("the landscape holds every line and region, and a name is no markup") {
  Atlas atlas = small_atlas();
  atlas.landscape = {.shares = {0.9, 0.5},
                     .contours = {{{{0, 0}, {1, 0.5}}, {{2, 2}, {3, 3}, {2, 2}}}, {}},
                     .regions = {{.depth = 1, .place = {0.5, -1}, .count = 7, .words = kHostileCaption}}};
  const std::string page = written(atlas);
  const nlohmann::json landscape = page_data(page).at("landscape");
  CHECK(landscape.at("contours")[0].at("share") == 0.9);
  CHECK(numbers<float>(landscape.at("contours")[0].at("places")) ==
        std::vector<float>{0, 0, 1, 0.5F, 2, 2, 3, 3, 2, 2});
  CHECK(numbers<std::uint32_t>(landscape.at("contours")[0].at("lengths")) == std::vector<std::uint32_t>{2, 3});
  CHECK(landscape.at("contours")[1].at("places") == "");
  CHECK(landscape.at("regions")[0] ==
        nlohmann::json({{"depth", 1}, {"x", 0.5}, {"y", -1.0}, {"count", 7}, {"words", kHostileCaption}}));
  CHECK(page.find("</script><b>") == std::string::npos);
  CHECK(page_data(written(small_atlas())).at("landscape").at("contours").empty());
}

TEST_CASE("sheets of thumbnails come after the script and pictures without one have no place") {
  const std::string page = written(small_atlas());
  const nlohmann::json thumbnails = page_data(page).at("thumbnails");
  CHECK(numbers<std::int32_t>(thumbnails.at("places")) == std::vector<std::int32_t>{0, -1, 3});
  CHECK(numbers<std::uint16_t>(thumbnails.at("sizes")) == std::vector<std::uint16_t>{24, 16, 0, 0, 1, 1});
  const std::size_t sheet = page.find("id=\"sheet-0\">" + base64("\xff\xd8 a sheet"));
  REQUIRE(sheet != std::string::npos);
  CHECK(sheet > page.find("resize();"));
}

TEST_CASE("a caption cannot end the script or the title the heading, and the page asks nothing of the network") {
  const std::string page = written(small_atlas());
  CHECK(page.find("</script><b>") == std::string::npos);
  CHECK(page.find("<h1>A map &amp; its &lt;title&gt;</h1>") != std::string::npos);
  CHECK(page.find("{{title}}") == std::string::npos);
  CHECK(page.find("default-src 'none'") != std::string::npos);
  CHECK(page.find("http://") == std::string::npos);
  CHECK(page.find("https://") == std::string::npos);
}

TEST_CASE("the atlas refuses counts and rows that do not fit and similarities that are none") {
  const ScratchFolder folder;
  const auto refused = [&](auto&& damage, const char* words) {
    Atlas atlas = small_atlas();
    damage(atlas);
    CHECK_THROWS_WITH_AS(write_atlas_page(folder / "atlas.html", atlas), doctest::Contains(words), c10::ValueError);
  };
  refused([](Atlas& atlas) { atlas.image_ids.pop_back(); }, "ids must be 3, one a point, got 2");
  refused([](Atlas& atlas) { atlas.captions.pop_back(); }, "captions must be 4, one a point, got 3");
  refused([](Atlas& atlas) { atlas.caption_verdicts.pop_back(); }, "verdicts must be 4");
  refused([](Atlas& atlas) { atlas.captions_of_image.row[0][0] = 4; },
          "captions_of_image must be rows from 0 to 3, got 4");
  refused([](Atlas& atlas) { atlas.own_similarity[1] = std::numeric_limits<float>::quiet_NaN(); },
          "own_similarity must be finite");
  refused([](Atlas& atlas) { atlas.thumbnails.places[0].cell = 4; }, "in one of 4 cells");
  refused([](Atlas& atlas) { atlas.thumbnails.places[0].width = 25; }, "1 to 24 pixels a side, got cell 0, 25 x 16");
  refused([](Atlas& atlas) { atlas.landscape.shares = {0.5}; }, "1 contours, one per share, got 0");
  refused(
      [](Atlas& atlas) {
        atlas.landscape.regions = {
            {.depth = 0, .place = {std::numeric_limits<double>::quiet_NaN(), 0}, .count = 1, .words = "dog"}};
      },
      "places of the landscape must be finite");
  CHECK_THROWS_AS(write_atlas_page(folder / "atlas.txt", small_atlas()), FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}
