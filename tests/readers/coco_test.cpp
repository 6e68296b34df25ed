#include "tandem/readers/coco.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "data/has_remark.h"
#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// Two pictures of val with captions whose ids are out of order, as COCO's are.
constexpr const char* kVal = R"({"info": {"year": 2017}, "licenses": [{"id": 1, "name": "free"}],
  "images": [{"id": 9, "file_name": "nine.jpg", "height": 3}, )"
                             R"({"file_name": "ten.jpg", "id": 10, "coco_url": "http://x/y"}],
  "annotations": [{"image_id": 10, "id": 3, "caption": "third"}, {"image_id": 9, "id": 2, "caption": "second \u00e4"},
                  {"image_id": 10, "id": 1, "caption": "first\n"}]})";

struct CocoFolder : ScratchFolder {
  explicit CocoFolder(const std::string& val = kVal) {
    make_folder(path() / "annotations");
    make_folder(path() / "val2017");
    write_file(path() / "annotations" / "captions_val2017.json", val);
    for (const char* name : {"nine.jpg", "ten.jpg"}) write_file(path() / "val2017" / name, "picture");
  }

  std::string complaint() const {
    try {
      read_coco(path());
    } catch (const FileError& error) {
      const std::string words = error.what();
      return words.substr(words.find("captions_val2017.json"));
    }
    return "nothing";
  }
};

std::string with(const std::string& images, const std::string& annotations) {
  return R"({"images": [)" + images + R"(], "annotations": [)" + annotations + "]}";
}

}  // namespace

TEST_CASE("COCO's captions belong to their pictures in the order of their ids") {
  const CocoFolder folder;
  const CaptionSet set = read_coco(folder.path());
  REQUIRE(set.images.size() == 2);
  CHECK(set.name == "coco");
  CHECK(set.images[0].id == "val2017/nine.jpg");
  CHECK(set.images[0].captions == std::vector<std::string>{"second ä"});
  CHECK(set.images[1].captions == std::vector<std::string>{"first", "third"});
  CHECK(set.images[1].picture.file == folder / "val2017" / "ten.jpg");
  CHECK(set.splits_made);
  CHECK(set.defects.empty());
  CHECK(has_remark(set, "no split was given"));
}

TEST_CASE("with train and val there COCO's val is the test split and a tenth of train is dev" *
          doctest::test_suite("slow")) {
  const CocoFolder folder;
  make_folder(folder / "images");
  make_folder(folder / "images" / "train2017");
  std::string images, annotations;
  for (int i = 0; i < 400; ++i) {
    const std::string number = std::to_string(i);
    const std::string comma = i == 0 ? "" : ",";
    images += comma + R"({"id": )" + number + R"(, "file_name": ")" + number + R"(.jpg"})";
    annotations += comma + R"({"id": )" + number + R"(, "image_id": )" + number + R"(, "caption": "a picture"})";
    write_file(folder / "images" / "train2017" / (number + ".jpg"), "picture");
  }
  write_file(folder / "annotations" / "captions_train2017.json", with(images, annotations));
  const CaptionSet set = read_coco(folder.path());
  REQUIRE(set.images.size() == 402);
  std::int64_t dev = 0;
  for (const CaptionedImage& image : set.images) {
    CHECK((image.split == Split::kTest) == image.id.starts_with("val2017/"));
    dev += image.split == Split::kDev ? 1 : 0;
  }
  CHECK(dev > 20);
  CHECK(dev < 65);
  CHECK(!set.splits_made);
  CHECK(has_remark(set, "val is test"));
}

TEST_CASE("sides of COCO follow the pictures that are there and not the annotation files") {
  const CocoFolder folder;
  write_file(folder / "annotations" / "captions_train2017.json",
             with(R"({"id": 1, "file_name": "one.jpg"})", R"({"id": 1, "image_id": 1, "caption": "x"})"));
  for (const bool empty_folder : {false, true}) {
    if (empty_folder) make_folder(folder / "train2017");
    const CaptionSet set = read_coco(folder.path());
    CHECK(set.images.size() == 2);
    CHECK(set.splits_made);
    CHECK(set.defects.empty());
    CHECK(has_remark(set, "captions_train2017.json is left aside: there are no pictures in train2017/"));
    CHECK(has_remark(set, "no split was given"));
  }
  write_file(folder / "train2017" / "another.jpg", "picture");  // Pictures, but none that has captions.
  const CaptionSet set = read_coco(folder.path());
  CHECK(set.splits_made);
  CHECK(has_remark(set, "pictures that are not there were left out: 1"));
}

TEST_CASE("a picture that COCO has in both years is taken once, on its side of 2017") {
  const ScratchFolder folder;
  make_folder(folder / "annotations");
  const auto picture = [&](const std::string& part, const std::string& name) {
    make_folder(folder / part);
    write_file(folder / part / name, "picture");
  };
  const auto annotate = [&](const std::string& part, const std::string& prefix, const std::vector<int>& ids) {
    std::string images, annotations;
    for (const int id : ids) {
      const std::string number = std::to_string(id);
      const std::string comma = images.empty() ? "" : ",";
      const std::string name = prefix + "00000" + number + ".jpg";
      images += comma + R"({"id": )" + number + R"(, "file_name": ")" + name + "\"}";
      annotations += comma + R"({"id": )" + number + R"(, "image_id": )" + number + R"(, "caption": "a picture"})";
      if (id != 24) picture(part, name);
    }
    write_file(folder / "annotations" / ("captions_" + part + ".json"), with(images, annotations));
  };
  annotate("train2017", "", {21, 22, 23, 24});  // The picture 24 is there of 2014 only.
  annotate("val2017", "", {31});
  annotate("val2014", "COCO_val2014_", {21, 22, 31, 35});
  annotate("train2014", "COCO_train2014_", {23, 36});
  picture("train2014", "COCO_train2014_0000024.jpg");
  write_file(folder / "annotations" / "captions_train2014.json",
             with(R"({"id": 23, "file_name": "COCO_train2014_0000023.jpg"}, )"
                  R"({"id": 24, "file_name": "COCO_train2014_0000024.jpg"}, {"id": 31, "file_name": "other.jpg"})",
                  R"({"id": 1, "image_id": 23, "caption": "x"}, {"id": 2, "image_id": 24, "caption": "x"}, )"
                  R"({"id": 3, "image_id": 31, "caption": "x"})"));
  picture("train2014", "other.jpg");
  const CaptionSet set = read_coco(folder.path());
  std::vector<std::string> ids;
  for (const CaptionedImage& image : set.images) {
    ids.push_back(image.id);
    CHECK((image.split == Split::kTest) == image.id.starts_with("val"));
  }
  CHECK(ids == std::vector<std::string>{"train2017/0000021.jpg", "train2017/0000022.jpg", "train2017/0000023.jpg",
                                        "val2017/0000031.jpg", "train2014/COCO_train2014_0000024.jpg",
                                        "train2014/other.jpg", "val2014/COCO_val2014_0000035.jpg"});
  CHECK(has_remark(set,
                   "pictures of 2014 are there as pictures of 2017 too, and taken once, as those: 4 "
                   "(train2014/COCO_train2014_0000023.jpg"));
}

TEST_CASE("what is missing or says nothing is left out of COCO and counted") {
  const CocoFolder folder(with(
      R"({"id": 1, "file_name": "nine.jpg"}, {"id": 2, "file_name": "gone.jpg"}, {"id": 3, "file_name": "ten.jpg"})",
      R"({"id": 5, "image_id": 1, "caption": "a dog"}, {"id": 6, "image_id": 1, "caption": "  "},
                              {"id": 8, "image_id": 77, "caption": "nobody's"}, )"
      R"({"id": 7, "image_id": 2, "caption": "a cat"}, {"id": 4, "image_id": 1, "caption": "a wolf"})"));
  const CaptionSet set = read_coco(folder.path());
  REQUIRE(set.images.size() == 1);
  CHECK(set.images[0].captions == std::vector<std::string>{"a wolf", "a dog"});
  CHECK(has_remark(
      set,
      "captions of pictures that are not listed were left out: 1 (captions_val2017.json annotation 8 of picture 77)"));
  CHECK(has_remark(set, "pictures that are not there were left out: 1 (captions_val2017.json val2017/gone.jpg)"));
  CHECK(has_remark(set, "blank captions were left out: 1 (captions_val2017.json annotation 6)"));
  CHECK(has_remark(set, "pictures without a caption were left out: 1 (captions_val2017.json val2017/ten.jpg)"));
}

TEST_CASE("pictures of COCO that lead elsewhere or come twice are left out and counted") {
  for (const char* name : {"../../etc/passwd", "/etc/passwd", "a/../../b.jpg"}) {
    const CocoFolder folder(
        with(R"({"id": 1, "file_name": "nine.jpg"}, {"id": 2, "file_name": "nine.jpg"}, {"id": 3, "file_name": ")" +
                 std::string(name) + "\"}",
             R"({"id": 1, "image_id": 1, "caption": "a dog"}, {"id": 2, "image_id": 2, "caption": "a cat"}, )"
             R"({"id": 3, "image_id": 3, "caption": "x"})"));
    const CaptionSet set = read_coco(folder.path());
    REQUIRE(set.images.size() == 1);
    CHECK(set.images[0].captions == std::vector<std::string>{"a dog"});
    CHECK(has_remark(set, "pictures whose names lead out of the folder were left out: 1 (captions_val2017.json " +
                              std::string(name) + ")"));
    CHECK(has_remark(set, "pictures listed a second time were left out: 1 (captions_val2017.json val2017/nine.jpg)"));
  }
}

TEST_CASE("annotation files that are cut or lie are refused in one sentence") {
  const std::string whole = kVal;
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{1}, std::size_t{40}, whole.size() / 2, whole.size() - 1}) {
    CHECK(CocoFolder(whole.substr(0, length)).complaint().find("expected JSON from beginning to end") !=
          std::string::npos);
  }
  const char* const image = R"({"id": 1, "file_name": "nine.jpg"})";
  CHECK(CocoFolder("[]").complaint() ==
        "captions_val2017.json: expected lists \"images\" and \"annotations\", as COCO's captions have them, found no "
        "images");
  CHECK(CocoFolder(with(image, "")).complaint().find("no annotations") != std::string::npos);
  CHECK(CocoFolder(with(image, R"({"id": 3, "image_id": 7, "caption": "x"})")).complaint() ==
        "captions_val2017.json annotation 3 of picture 7); pictures without a caption were left out: 1 "
        "(captions_val2017.json val2017/nine.jpg)");
  CHECK(CocoFolder(with(image, R"({"id": 3, "caption": "x"})"))
            .complaint()
            .find("an \"image_id\" for every annotation") != std::string::npos);
  CHECK(CocoFolder(with(std::string(image) + "," + image, R"({"id": 3, "image_id": 1, "caption": "x"})"))
            .complaint()
            .find("1 twice") != std::string::npos);
  CHECK(CocoFolder(with(R"({"id": 1, "file_name": ""})", ""))
            .complaint()
            .find("an \"id\" and a \"file_name\" for every picture") != std::string::npos);
  CHECK(CocoFolder("{\"images\": [\n{\"id\": 1, \"file_name\": \"caf\xE9.jpg\"}]}").complaint() ==
        "captions_val2017.json: expected JSON from beginning to end, found text that is not UTF-8 on line 2, byte 42");
  CHECK(CocoFolder("{\"images\": [\n\n").complaint().find("found the end of the file on line 3, byte 14") !=
        std::string::npos);
  CHECK(CocoFolder(std::string(300, '[')).complaint().find("at most 256 levels") != std::string::npos);
  CHECK_THROWS_WITH_AS(read_coco("nowhere"), doctest::Contains("no such folder"), FileError);
}

TEST_CASE("a picture's category is the one that covers most of it") {
  const CocoFolder folder;
  const auto instances = folder / "annotations" / "instances_val2017.json";
  CHECK_THROWS_WITH_AS(read_coco(folder.path(), true),
                       doctest::Contains("COCO's instances, which --per-category needs, found no such file"),
                       FileError);
  write_file(instances, R"({"annotations": [{"id": 1, "image_id": 9, "category_id": 18, "area": 10.5,)"
                        R"( "segmentation": {"counts": [1], "size": [3, 3]}},
    {"id": 2, "image_id": 9, "category_id": 1, "area": 8}, )"
                        R"({"id": 3, "image_id": 9, "category_id": 1, "area": 2.75, "bbox": [1.5, 2, 3, 4]}],
    "categories": [{"supercategory": "person", "id": 1, "name": "person"}, )"
                        R"({"supercategory": "animal", "id": 18, "name": "dog"}]})");
  const CaptionSet set = read_coco(folder.path(), true);
  CHECK(set.images[0].label == "person");
  CHECK(set.images[1].label.empty());
  CHECK(has_remark(set, "category is the one that covers most"));
  CHECK(read_coco(folder.path()).images[0].label.empty());
  write_file(instances, R"({"annotations": [{"image_id": 9, "category_id": 7, "area": 1}], "categories": [{"id": 1,)"
                        R"( "name": "person"}]})");
  CHECK_THROWS_WITH_AS(read_coco(folder.path(), true),
                       doctest::Contains("objects of its own categories, found category 7 in picture 9"), FileError);
}

TEST_CASE("Karpathy's splits come before COCO's own") {
  const CocoFolder folder;
  make_folder(folder / "images");
  make_folder(folder / "images" / "val2014");
  write_file(folder / "images" / "val2014" / "x.jpg", "picture");
  write_file(folder / "dataset_coco.json", R"({"images": [
    {"filepath": "val2014", "sentids": [1], "filename": "x.jpg", "imgid": 0, "split": "restval",)"
                                           R"( "sentences": [{"raw": "A man."}], "cocoid": 5},
    {"filepath": "../val2014", "filename": "x.jpg", "split": "test", "sentences": [{"raw": "A man."}]}],)"
                                           R"( "dataset": "coco"})");
  for (const auto& path : {folder.path(), folder / "dataset_coco.json"}) {
    const CaptionSet set = read_coco(path);
    REQUIRE(set.images.size() == 1);
    CHECK(set.images[0].id == "val2014/x.jpg");
    CHECK(set.images[0].split == Split::kTrain);
    CHECK(has_remark(set, "splits are Karpathy's"));
    CHECK(has_remark(set, "lead out of the folder were left out: 1"));
  }
}

TEST_CASE("the sample of COCO is read whole" * doctest::test_suite("data")) {
  TANDEM_SKIP_WITHOUT(shared_dir() / "data" / "coco_mini");
  const CaptionSet set = read_coco(shared_dir() / "data" / "coco_mini");
  const auto in = [&](Split split) {
    return std::count_if(set.images.begin(), set.images.end(), [&](const auto& image) { return image.split == split; });
  };
  CHECK(in(Split::kTrain) + in(Split::kDev) == 80);
  CHECK(in(Split::kTest) == 79);
  for (const CaptionedImage& image : set.images) CHECK(image.captions.size() >= 5);
}
