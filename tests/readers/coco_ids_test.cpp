#include "tandem/readers/coco_ids.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

CocoIds ids_in(const ScratchFolder& folder, const std::string& text) {
  write_file(folder / "captions.json", text);
  return read_coco_ids(folder / "captions.json");
}

}  // namespace

TEST_CASE("COCO's numbers belong to pictures and to captions by picture and text") {
  const ScratchFolder folder;
  const CocoIds ids = ids_in(folder, R"({"images": [{"id": 9, "file_name": "9.jpg"}, {"id": 42, "height": 3}],
    "annotations": [{"image_id": 42, "id": 7, "caption": "A  dog\n"}, {"id": 5, "image_id": 42, "caption": "A dog"},
                    {"image_id": 9, "id": 1, "caption": "A dog"}]})");
  CHECK(ids.pictures == std::unordered_set<std::int64_t>{9, 42});
  CHECK(ids.captions.at({42, "A dog"}) == std::vector<std::int64_t>{5, 7});
  CHECK(ids.captions.at({9, "A dog"}) == std::vector<std::int64_t>{1});
  CHECK(ids.captions.size() == 2);
}

TEST_CASE("the number of a picture of COCO is read from either year's name") {
  CHECK(coco_picture_number("val2014/COCO_val2014_000000391895.jpg") == 391895);
  CHECK(coco_picture_number("000000000042.jpg") == 42);
  CHECK_FALSE(coco_picture_number("1003163366_44323f5815.jpg"));
  CHECK_FALSE(coco_picture_number("dogs/.jpg"));
  CHECK_FALSE(coco_picture_number("-3.jpg"));
  CHECK_FALSE(coco_picture_number("99999999999999999999.jpg"));
}

TEST_CASE("a file that is not of COCO's captions is refused by read_coco_ids") {
  const ScratchFolder folder;
  const auto refused = [&](const std::string& text, const char* said) {
    CHECK_THROWS_WITH_AS(ids_in(folder, text), doctest::Contains(said), FileError);
  };
  refused(R"({"annotations": [{"id": 1, "image_id": 2, "caption": "a"}]})", "no images");
  refused(R"({"images": [{"id": 2}]})", "no annotations");
  refused(R"({"images": [{"id": 2}], "annotations": [{"id": 1, "caption": "a dog"}]})",
          "\"a dog\" with id 1 of picture -1");
  refused(R"({"images": [{"id": 2}], "annotations")", "captions.json");
  CHECK_THROWS_AS(read_coco_ids(folder / "none.json"), FileError);
}
