#include "tandem/readers/coco_files.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "data/has_remark.h"
#include "tandem/base/errors.h"
#include "tandem/readers/data_spec.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// COCO's form with pictures "0.jpg" up to count, two captions each.
std::string annotations_of(int count, int first = 0) {
  std::string images, annotations;
  for (int i = first; i < first + count; ++i) {
    const std::string id = std::to_string(i), comma = i == first ? "" : ",";
    images += comma + R"({"id": )" + id + R"(, "file_name": ")" + id + R"(.jpg"})";
    annotations += comma + R"({"image_id": )" + id + R"(, "id": 2, "caption": "second"},{"image_id": )" + id +
                   R"(, "id": 1, "caption": "first"})";
  }
  return R"({"images": [)" + images + R"(], "annotations": [)" + annotations + "]}";
}

struct CocoFilesFolder : ScratchFolder {
  void add(const std::string& file, int count, const std::string& pictures, int first = 0) const {
    make_folder((path() / file).parent_path());
    write_file(path() / file, annotations_of(count, first));
    make_folder(path() / pictures);
    for (int i = first; i < first + count; ++i) write_file(path() / pictures / (std::to_string(i) + ".jpg"), "picture");
  }

  std::string at(const std::string& name) const { return (path() / name).string(); }
};

std::int64_t count_of(const CaptionSet& set, Split split) {
  return std::count_if(set.images.begin(), set.images.end(),
                       [&](const CaptionedImage& image) { return image.split == split; });
}

}  // namespace

TEST_CASE("a file of COCO's form is read under any name with the folder of its pictures") {
  const CocoFilesFolder folder;
  folder.add("my captions.json", 3, "photos");
  const CaptionSet set = read_data("coco:" + folder.at("my captions.json") + "," + folder.at("photos"));
  REQUIRE(set.images.size() == 3);
  CHECK(set.images[0].id == "0.jpg");
  CHECK(set.images[0].captions == std::vector<std::string>{"first", "second"});
  CHECK(set.images[2].picture.file == folder / "photos" / "2.jpg");
  CHECK(set.splits_made);
  CHECK(set.defects.empty());
}

TEST_CASE("the pictures of a single file are found around it") {
  for (const char* pictures : {".", "images", "train", "../images", "../val2017"}) {
    const CocoFilesFolder folder;
    const bool is_val = std::string(pictures) == "../val2017";
    const std::string file = is_val ? "in/captions_val2017.json" : "in/train.json";
    make_folder(folder / "in");
    folder.add(file, 2, std::string("in/") + pictures);
    CAPTURE(pictures);
    CHECK(read_data("coco:" + folder.at(file)).images.size() == 2);
    CHECK(read_data(folder.at(file)).images.size() == 2);
  }
  const CocoFilesFolder folder;
  folder.add("a.json", 2, "far away");
  CHECK_THROWS_WITH_AS(read_coco_files(folder.at("a.json")),
                       doctest::Contains("a.json: expected its pictures beside it or in images/, or their folder: "
                                         "coco:FILE,FOLDER, found none"),
                       FileError);
}

TEST_CASE("splits are those of the files' names, and COCO's where no file is of test") {
  const CocoFilesFolder folder;
  folder.add("train.json", 300, "images");
  folder.add("val.json", 20, "images", 300);
  folder.add("test.json", 10, "images", 320);
  const std::string train = folder.at("train.json"), val = folder.at("val.json"), test = folder.at("test.json"),
                    images = folder.at("images");
  const auto list = [](const std::vector<std::string>& places) {
    std::string text;
    for (const std::string& place : places) text += (text.empty() ? "" : ",") + place;
    return read_coco_files(text);
  };
  const CaptionSet all = list({train, val, test, images});
  CHECK(count_of(all, Split::kTrain) == 300);
  CHECK(count_of(all, Split::kDev) == 20);
  CHECK(count_of(all, Split::kTest) == 10);
  CHECK(has_remark(all, "splits are those of the files' names"));
  CHECK_FALSE(all.splits_made);

  const CaptionSet two = list({train, val, images});
  CHECK(count_of(two, Split::kTest) == 20);
  const std::int64_t dev = count_of(two, Split::kDev);
  CHECK(dev > 10);
  CHECK(dev < 60);
  CHECK(has_remark(two, "but val is test, as COCO is used, and a tenth of train"));

  const CaptionSet no_dev = list({train, test, images});
  CHECK(count_of(no_dev, Split::kTest) == 10);
  CHECK(count_of(no_dev, Split::kDev) == dev);

  const CaptionSet one = list({train, images});
  CHECK(one.splits_made);
  CHECK(count_of(one, Split::kTest) > 0);
}

TEST_CASE("every group of files may have its own folder, whose name keeps equal names apart") {
  const CocoFilesFolder folder;
  folder.add("train.json", 3, "pictures/train");
  folder.add("test.json", 2, "pictures/test");
  const CaptionSet set = read_coco_files(folder.at("train.json") + "," + folder.at("pictures/train") + "/," +
                                         folder.at("test.json") + "," + folder.at("pictures/test"));
  REQUIRE(set.images.size() == 5);
  CHECK(set.images[0].id == "train/0.jpg");
  CHECK(set.images[3].id == "test/0.jpg");
  CHECK(set.images[3].picture.file == folder / "pictures" / "test" / "0.jpg");
}

TEST_CASE("a list of files and folders that does not fit together is refused by name") {
  const CocoFilesFolder folder;
  folder.add("a.json", 2, "images");
  folder.add("b.json", 2, "images");
  const std::string a = folder.at("a.json"), b = folder.at("b.json"), images = folder.at("images");
  const auto refuses_list = [](const std::string& list, const std::string& part) {
    CAPTURE(list);
    CHECK_THROWS_WITH_AS(read_data("coco:" + list), doctest::Contains(part.c_str()), FileError);
  };
  refuses_list(a + ",nowhere",
               "nowhere: expected an annotation file, or behind such files the folder of their pictures, "
               "found no such file or folder");
  refuses_list(images + "," + a, "images: expected an annotation file");
  refuses_list(a + "," + images + "," + b, "b.json: expected the folder of its pictures behind it");
  refuses_list(a + ",," + images, "no such file or folder");
  write_file(folder / "c.json", R"({"images": [{"id": 1, "file_name": "../../etc/passwd"}],
                                    "annotations": [{"id": 1, "image_id": 1, "caption": "x"}]})");
  refuses_list(folder.at("c.json") + "," + images, "lead out of the folder");
  write_file(folder / "d.json", R"({"images": [)");
  refuses_list(folder.at("d.json") + "," + images, "d.json: expected JSON from beginning to end");
}
