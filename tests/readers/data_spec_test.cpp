#include "tandem/readers/data_spec.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::ScratchFolder;

namespace {

/// A folder that holds each kind of data side by side.
struct SpecFolder : ScratchFolder {
  SpecFolder() {
    make_folder(path() / "flickr");
    write_file(path() / "flickr" / "Flickr8k.token.txt", "a.jpg#0\tA dog .\n");
    write_file(path() / "flickr" / "a.jpg", "picture");
    write_file(path() / "table.csv", "image,caption\nflickr/a.jpg,a dog\n");
    make_folder(path() / "drawings");
    write_file(path() / "drawings" / "duck.svg", "<svg><metadata><dc:title>Duck</dc:title></metadata></svg>");
  }
};

}  // namespace

TEST_CASE("a spec names the reader") {
  const SpecFolder folder;
  CHECK(read_data("flickr8k:" + (folder / "flickr").string()).name == "flickr8k");
  CHECK(read_data("csv:" + (folder / "table.csv").string()).name == "csv");
  CHECK(read_data("openclipart:" + (folder / "drawings").string()).name == "openclipart");
}

TEST_CASE("a bare path is enough where it can only mean one thing") {
  const SpecFolder folder;
  CHECK(read_data((folder / "flickr").string()).name == "flickr8k");
  CHECK(read_data((folder / "table.csv").string()).name == "csv");
  CHECK_THROWS_WITH_AS(read_data((folder / "drawings").string()), doctest::Contains("name the kind"), FileError);
  CHECK_THROWS_WITH_AS(read_data((folder / "flickr" / "a.jpg").string()),
                       doctest::Contains("not named .csv, .tsv, .jsonl, .json or .tar"), FileError);
}

TEST_CASE("every layout that tells its kind is known by its path alone") {
  const SpecFolder folder;
  const auto archives = tests::reference_dir() / "archives";
  const auto made = [&](const char* name, const std::vector<std::pair<std::string, std::string>>& files) {
    for (const auto& [file, text] : files) {
      make_folder((folder / name / file).parent_path());
      write_file(folder / name / file, text);
    }
    return read_data((folder / name).string()).name;
  };
  const std::string annotations =
      R"({"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [{"id": 1, "image_id": 1, "caption": "a dog"}]})";
  CHECK(made("coco", {{"annotations/captions_val2017.json", annotations}, {"val2017/a.jpg", "x"}}) == "coco");
  CHECK(made("unpacked 30k",
             {{"flickr30k_images/results.csv", "image_name| comment_number| comment\na.jpg| 0| A dog .\n"},
              {"flickr30k_images/flickr30k_images/a.jpg", "x"}}) == "flickr30k");
  CHECK(made("30k", {{"results_20130124.token", "a.jpg#0\tA dog .\n"}, {"a.jpg", "x"}}) == "flickr30k");
  CHECK(made("imagefolder", {{"train/metadata.csv", "file_name,text\na.jpg,a dog\n"}, {"train/a.jpg", "x"}}) ==
        "imagefolder");
  CHECK(made("folder", {{"a.jpg", "x"}, {"a.txt", "a dog"}}) == "folder");
  CHECK(made("split folder", {{"train/a.jpg", "x"}, {"train/a.txt", "a dog"}}) == "folder");
  CHECK(made("shards", {{"0.tar", read_file(archives / "shard_pax.tar")}}) == "webdataset");
  CHECK(read_data((folder / "shards" / "{0..0}.tar").string()).name == "webdataset");
  const std::string batch = read_file(archives / "batch_python2.pickle");
  const std::string meta = read_file(archives / "meta.pickle");
  CHECK(made("cifar", {{"cifar-10-batches-py/batches.meta", meta}, {"cifar-10-batches-py/test_batch", batch}}) ==
        "cifar10");
  std::vector<std::pair<std::string, std::string>> classes;
  for (const char* name : {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship"})
    classes.emplace_back("train/" + std::string(name) + "/0.png", "x");
  CHECK_THROWS_AS(made("nine classes", classes), FileError);
  classes.emplace_back("train/truck/0.png", "x");
  CHECK(made("ten classes", classes) == "cifar10");
  CHECK_THROWS_AS(made("pictures", {{"a.jpg", "x"}, {"meta", "x"}}), FileError);
}

TEST_CASE("strict reading refuses data with defects") {
  const SpecFolder folder;
  write_file(folder / "holes.csv", "image,caption\nflickr/a.jpg,a dog\nflickr/b.jpg,a cat\n");
  CHECK(read_data((folder / "holes.csv").string()).images.size() == 1);
  CHECK_THROWS_WITH_AS(read_data((folder / "holes.csv").string(), {.strict = true}),
                       doctest::Contains("expected data without defects (--strict), found pictures that are not there: "
                                         "1 (holes.csv: line 3 flickr/b.jpg)"),
                       FileError);
  CHECK(read_data((folder / "table.csv").string(), {.strict = true}).images.size() == 1);
}

TEST_CASE("an unknown kind and a missing path get one sentence that names what is known") {
  const std::string expected = ": expected " + known_data_specs() + ", found ";
  CHECK_THROWS_WITH_AS(read_data("imagenet:/data"),
                       ("imagenet:/data" + expected + "no such file, folder or kind of data").c_str(), FileError);
  CHECK_THROWS_WITH_AS(read_data(""), doctest::Contains("flickr8k:DIR"), FileError);
  CHECK_THROWS_WITH_AS(read_data("csv:"), ("csv:" + expected + "no path after the colon").c_str(), FileError);
  CHECK_THROWS_WITH_AS(read_data("csv:nowhere.csv"), doctest::Contains("nowhere.csv"), FileError);
  CHECK_THROWS_WITH_AS(read_data("flickr8k:nowhere"), doctest::Contains("nowhere"), FileError);
}

TEST_CASE("a table may name the folder of its pictures behind a comma") {
  const SpecFolder folder;
  write_file(folder / "names.csv", "image,caption\na.jpg,a dog\n");
  const CaptionSet set = read_data("csv:" + (folder / "names.csv").string() + "," + (folder / "flickr").string());
  REQUIRE(set.images.size() == 1);
  CHECK(set.images[0].id == "a.jpg");
  CHECK(set.images[0].picture.file == folder / "flickr" / "a.jpg");
  CHECK_THROWS_WITH_AS(read_data("csv:" + (folder / "names.csv").string() + ",nowhere"),
                       doctest::Contains("nowhere: expected the folder of the table's pictures: csv:FILE,FOLDER"),
                       FileError);
  write_file(folder / "a,b.csv", "image,caption\nflickr/a.jpg,a dog\n");
  CHECK(read_data("csv:" + (folder / "a,b.csv").string()).images.size() == 1);
}

TEST_CASE("the options for columns reach every kind of table and no other data") {
  const SpecFolder folder;
  const DataOptions options{.columns = {.image = "photo", .caption = "words"}};
  write_file(folder / "odd.csv", "photo;words\nflickr/a.jpg;a dog\n");
  write_file(folder / "odd.json", R"([{"words": ["a dog", "the dog"], "photo": "flickr/a.jpg"}])");
  write_file(folder / "flickr" / "metadata.csv", "photo,words\na.jpg,a dog\n");
  CHECK(read_data((folder / "odd.csv").string(), options).caption_count() == 1);
  CHECK(read_data((folder / "odd.json").string(), options).caption_count() == 2);
  CHECK(read_data("imagefolder:" + (folder / "flickr").string(), options).caption_count() == 1);
  for (const char* name : {"odd.csv", "odd.json", "table.csv"}) CHECK(reads_table((folder / name).string()));
  CHECK(reads_table("tsv:nowhere"));
  CHECK_FALSE(reads_table("flickr8k:" + (folder / "flickr").string()));
  CHECK_FALSE(reads_table("nowhere.csv"));
}

TEST_CASE("a .json file is a list, JSON lines or COCO's by what is in it") {
  const SpecFolder folder;
  const auto name_of = [&](const std::string& text) {
    write_file(folder / "flickr" / "data.json", text);
    return read_data((folder / "flickr" / "data.json").string()).name;
  };
  CHECK(name_of(R"( [ {"image": "a.jpg", "caption": "a dog"} ] )") == "json");
  CHECK(name_of("{\"image\": \"a.jpg\", \"caption\": \"a dog\"}\n{\"image\": \"a.jpg\", \"caption\": \"one\"}\n") ==
        "json");
  CHECK(name_of(R"({"images": [{"id": 1, "file_name": "a.jpg"}],
                    "annotations": [{"id": 1, "image_id": 1, "caption": "a dog"}]})") == "coco");
}

TEST_CASE("Parquet and Arrow are answered with what converts them") {
  const SpecFolder folder;
  write_file(folder / "train.parquet", "PAR1 and so on");
  write_file(folder / "renamed.csv", "PAR1 and so on");
  make_folder(folder / "saved" / "train");
  write_file(folder / "saved" / "dataset_dict.json", R"({"splits": ["train"]})");
  make_folder(folder / "hub" / "data");
  write_file(folder / "hub" / "data" / "train-00000-of-00001.parquet", "PAR1");
  for (const char* spec : {"train.parquet", "saved", "hub"}) {
    CAPTURE(spec);
    CHECK_THROWS_WITH_AS(read_data((folder / spec).string()),
                         doctest::Contains(("scripts/to_webdataset.py " + (folder / spec).string()).c_str()),
                         FileError);
  }
  CHECK_THROWS_WITH_AS(read_data("csv:" + (folder / "renamed.csv").string()),
                       doctest::Contains("scripts/to_webdataset.py"), FileError);
  CHECK_THROWS_WITH_AS(read_data("webdataset:" + (folder / "hub").string()),
                       doctest::Contains("scripts/to_webdataset.py"), FileError);
}
