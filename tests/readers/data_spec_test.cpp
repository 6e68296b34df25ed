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
                       doctest::Contains("not named .csv, .tsv, .jsonl or .tar"), FileError);
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
  CHECK_THROWS_WITH_AS(
      read_data("imagenet:/data"),
      "imagenet:/data: expected flickr8k:DIR, flickr30k:DIR, coco:DIR, cifar10:DIR, cifar100:DIR, csv:FILE, tsv:FILE, "
      "jsonl:FILE, folder:DIR, imagefolder:DIR, pictures:DIR, webdataset:SHARDS or openclipart:[DIR], found no such "
      "file, folder or kind of data",
      FileError);
  CHECK_THROWS_WITH_AS(read_data(""), doctest::Contains("flickr8k:DIR"), FileError);
  CHECK_THROWS_WITH_AS(
      read_data("csv:"),
      "csv:: expected flickr8k:DIR, flickr30k:DIR, coco:DIR, cifar10:DIR, cifar100:DIR, csv:FILE, tsv:FILE, "
      "jsonl:FILE, folder:DIR, imagefolder:DIR, pictures:DIR, webdataset:SHARDS or openclipart:[DIR], found no path "
      "after the colon",
      FileError);
  CHECK_THROWS_WITH_AS(read_data("csv:nowhere.csv"), doctest::Contains("nowhere.csv"), FileError);
  CHECK_THROWS_WITH_AS(read_data("flickr8k:nowhere"), doctest::Contains("nowhere"), FileError);
}
