#include "tandem/readers/folder_data.h"

#include <doctest/doctest.h>

#include <string>

#include "data/has_remark.h"
#include "tandem/base/errors.h"
#include "tandem/readers/data_spec.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

void write_pair(const std::filesystem::path& stem, const std::string& captions) {
  make_folder(stem.parent_path());
  write_file(std::filesystem::path(stem).concat(".jpg"), "picture");
  if (!captions.empty()) write_file(std::filesystem::path(stem).concat(".txt"), captions);
}

}  // namespace

TEST_CASE("pictures with text files of the same name make a data set in the order of the names") {
  const ScratchFolder folder;
  write_pair(folder / "b", "\xEF\xBB\xBFtwo birds\r\n\nbirds\n");
  write_pair(folder / "sub" / "a", "a dog");
  write_pair(folder / "speechless", "");
  write_pair(folder / "latin", "caf\xE9\n");
  write_file(folder / "notes.txt", "no picture's");
  std::filesystem::create_directory_symlink(folder.path(), folder / "sub" / "loop");
  const CaptionSet set = read_folder(folder.path());
  REQUIRE(set.images.size() == 2);
  CHECK(set.images[0].id == "b.jpg");
  CHECK(set.images[0].captions == std::vector<std::string>{"two birds", "birds"});
  CHECK(set.images[1].id == "sub/a.jpg");
  CHECK(set.splits_made);
  CHECK(has_remark(set, "pictures without a caption were left out: 2 (latin.jpg, speechless.jpg)"));
  CHECK(has_remark(set, "captions that are not UTF-8 were left out: 1 (latin.txt line 1)"));
  CHECK(read_data("folder:" + folder.path().string()).images.size() == 2);
}

TEST_CASE("folders named like splits tell the split") {
  const ScratchFolder folder;
  write_pair(folder / "train" / "a", "a dog");
  write_pair(folder / "val" / "a", "a cat");
  write_pair(folder / "test" / "deep" / "a", "a bird");
  write_pair(folder / "more" / "a", "a fish");
  const CaptionSet set = read_folder(folder.path());
  REQUIRE(set.images.size() == 4);
  CHECK(set.images[0].split == Split::kNone);
  CHECK(set.images[1].split == Split::kTest);
  CHECK(set.images[2].split == Split::kTrain);
  CHECK(set.images[3].split == Split::kDev);
  CHECK(!set.splits_made);
}

TEST_CASE("a folder without captioned pictures is refused") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(read_folder(folder.path()), doctest::Contains("pictures that exist and have captions, found none"), FileError);
  CHECK_THROWS_WITH_AS(read_folder(folder / "none"), doctest::Contains("no such folder"), FileError);
  CHECK_THROWS_WITH_AS(read_imagefolder(folder.path()), doctest::Contains("metadata.csv or metadata.jsonl"), FileError);
}

TEST_CASE("an imagefolder has its metadata in one file or in one a split") {
  const ScratchFolder folder;
  write_pair(folder / "a", "");
  write_file(folder / "metadata.csv", "file_name,text\na.jpg,a dog\n");
  CHECK(read_imagefolder(folder.path()).splits_made);
  CHECK(read_data(folder.path().string()).name == "imagefolder");

  write_pair(folder / "train" / "x", "");
  write_pair(folder / "validation" / "x", "");
  write_file(folder / "train" / "metadata.jsonl", "{\"file_name\": \"x.jpg\", \"text\": \"a dog\"}\n{\"file_name\": \"gone.jpg\", \"text\": \"b\"}\n");
  write_file(folder / "validation" / "metadata.csv", "file_name,text\nx.jpg,a cat\n");
  const CaptionSet set = read_imagefolder(folder.path());
  REQUIRE(set.images.size() == 2);
  CHECK(set.images[0].id == "train/x.jpg");
  CHECK(set.images[0].split == Split::kTrain);
  CHECK(set.images[1].split == Split::kDev);
  CHECK(!set.splits_made);
  CHECK(has_remark(set, "pictures that are not there were left out: 1 (train/metadata.jsonl: gone.jpg)"));
}
