#include "tandem/fetching/datasets/coco_part.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "growth.h"
#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

std::string name_of(int id) { return "000000000" + std::to_string(100 + id) + ".jpg"; }

Json small_coco(int images) {
  Json document = {{"info", {{"year", 2017}}},
                   {"licenses", {{{"id", 1}, {"name", "CC"}}}},
                   {"annotations", Json::array()},
                   {"images", Json::array()}};
  for (int id = 0; id < images; ++id) {
    document["images"].push_back({{"id", id}, {"file_name", name_of(id)}});
    for (int k = 0; k < 5; ++k)
      document["annotations"].push_back(
          {{"id", 5 * id + k}, {"image_id", id}, {"caption", "caption " + std::to_string(k)}});
  }
  return document;
}

}  // namespace

TEST_CASE("pictures of a smaller part are among those of a larger one and the seed chooses them") {
  const ScratchFolder folder;
  write_json(folder / "captions.json", small_coco(40));
  const auto ten = choose_coco_pictures(folder / "captions.json", 10, 1);
  const auto twenty = choose_coco_pictures(folder / "captions.json", 20, 1);
  CHECK(ten.size() == 10);
  CHECK(std::includes(twenty.begin(), twenty.end(), ten.begin(), ten.end()));
  CHECK(choose_coco_pictures(folder / "captions.json", 10, 2) != ten);
  CHECK(choose_coco_pictures(folder / "captions.json", 10, 1) == ten);
  CHECK(choose_coco_pictures(folder / "captions.json", 1000, 1).size() == 40);
}

TEST_CASE("a reduced file has the chosen pictures with all their captions and what else was in it") {
  const ScratchFolder folder;
  const Json whole = small_coco(40);
  write_json(folder / "captions.json", whole);
  const auto names = choose_coco_pictures(folder / "captions.json", 7, 3);
  keep_coco_pictures(folder / "captions.json", names);
  const Json kept = read_json(folder / "captions.json");
  CHECK(kept["images"].size() == 7);
  CHECK(kept["annotations"].size() == 35);
  CHECK(kept["info"] == whole["info"]);
  CHECK(kept["licenses"] == whole["licenses"]);
  for (const Json& image : kept["images"])
    CHECK(std::binary_search(names.begin(), names.end(), image["file_name"].get<std::string>()));
  CHECK(choose_coco_pictures(folder / "captions.json", 7, 3) == names);
}

TEST_CASE("captions that are none or name files elsewhere are refused") {
  const ScratchFolder folder;
  for (const char* name : {"../x.jpg", "/x.jpg", "a/b.jpg", ".hidden", ""}) {
    Json document = small_coco(2);
    document["images"][1]["file_name"] = name;
    write_json(folder / "captions.json", document);
    CHECK_THROWS_AS(choose_coco_pictures(folder / "captions.json", 2, 0), FileError);
  }
  for (const char* text : {"", "[]", "{}", "{\"images\": 3}", "{\"images\": [3]}", "{\"images\": [{}]}",
                           "{\"images\": [{\"id\": 1, \"file"}) {
    write_file(folder / "captions.json", text);
    CHECK_THROWS_AS(choose_coco_pictures(folder / "captions.json", 2, 0), FileError);
  }
}

TEST_CASE("the work for captions grows as their pictures do" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const auto fetch_part = [&](std::size_t images) {
    std::string text = "{\"images\":[";
    for (std::size_t i = 0; i < images; ++i)
      text +=
          (i == 0 ? "{\"id\":" : ",{\"id\":") + std::to_string(i) + ",\"file_name\":\"" + std::to_string(i) + ".jpg\"}";
    text += "],\"annotations\":[";
    for (std::size_t i = 0; i < images; ++i)
      text += (i == 0 ? "{\"image_id\":" : ",{\"image_id\":") + std::to_string(i) + ",\"caption\":\"a dog\"}";
    write_file(folder / "captions.json", text + "]}");
    const auto names = choose_coco_pictures(folder / "captions.json", static_cast<std::int64_t>(images), 1);
    keep_coco_pictures(folder / "captions.json", names);
    CHECK(names.size() == images);
  };
  CHECK(growth_over_tenfold(8000, fetch_part) < kMuchMoreThanLinear);
}

TEST_CASE("captions of many levels are refused") {
  const ScratchFolder folder;
  write_file(folder / "captions.json", "{\"images\": " + std::string(100000, '[') + std::string(100000, ']') + "}");
  CHECK_THROWS_WITH_AS(choose_coco_pictures(folder / "captions.json", 2, 0), doctest::Contains("at most 256 levels"),
                       FileError);
  write_file(folder / "captions.json",
             "{\"images\": [], \"info\": {\"a\": [[1, {\"b\": 2.5, \"c\": null, \"d\": [true]}], []]}}");
  keep_coco_pictures(folder / "captions.json", {});
  CHECK(read_json(folder / "captions.json") ==
        parse_json("{\"images\": [], \"info\": {\"a\": [[1, {\"b\": 2.5, \"c\": null, \"d\": [true]}], []]}}", "x"));
}
