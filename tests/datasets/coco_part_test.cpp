#include "tandem/datasets/coco_part.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

std::string name_of(int id) { return "000000000" + std::to_string(100 + id) + ".jpg"; }

Json small_coco(int images) {
  Json document = {{"info", {{"year", 2017}}}, {"licenses", {{{"id", 1}, {"name", "CC"}}}}, {"annotations", Json::array()}, {"images", Json::array()}};
  for (int id = 0; id < images; ++id) {
    document["images"].push_back({{"id", id}, {"file_name", name_of(id)}});
    for (int k = 0; k < 5; ++k) document["annotations"].push_back({{"id", 5 * id + k}, {"image_id", id}, {"caption", "caption " + std::to_string(k)}});
  }
  return document;
}

}  // namespace

TEST_CASE("pictures of a smaller part are among those of a larger one and the seed chooses them") {
  const ScratchFolder folder;
  write_json(folder / "captions.json", small_coco(40));
  const auto ten = choose_coco_pictures(folder / "captions.json", 10, 1), twenty = choose_coco_pictures(folder / "captions.json", 20, 1);
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
  for (const Json& image : kept["images"]) CHECK(std::binary_search(names.begin(), names.end(), image["file_name"].get<std::string>()));
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
  for (const char* text : {"", "[]", "{}", "{\"images\": 3}", "{\"images\": [3]}", "{\"images\": [{}]}", "{\"images\": [{\"id\": 1, \"file"}) {
    write_file(folder / "captions.json", text);
    CHECK_THROWS_AS(choose_coco_pictures(folder / "captions.json", 2, 0), FileError);
  }
}
