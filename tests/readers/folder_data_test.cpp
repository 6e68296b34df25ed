#include "tandem/readers/folder_data.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
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
  CHECK(has_remark(set, "links to folders that are read already were left out: 1 (sub/loop)"));
  CHECK(read_data("folder:" + folder.path().string()).images.size() == 2);
}

TEST_CASE("pictures of every format and in capital letters are read, and all other files are counted by name") {
  const ScratchFolder folder;
  for (const char* name : {"a.HEIC", "b.Jpg", "c.gif", "d.TIFF", "e.bmp", "gr\xC3\xBC\xC3\x9F.avif", "g.jfif"}) {
    write_file(folder / name, "picture");
    write_file((folder / name).replace_extension(".txt"), "a dog");
  }
  std::filesystem::rename(folder / "a.txt", folder / "a.TXT");
  for (const char* name : {"h.jxl", "i.PSD", "j.pdf", "k.PDF", "l.db", "notes.txt", "README"})
    write_file(folder / name, "x");
  const CaptionSet set = read_folder(folder.path());
  REQUIRE(set.images.size() == 7);
  CHECK(set.images[0].id == "a.HEIC");
  CHECK(set.images[6].id == "gr\xC3\xBC\xC3\x9F.avif");
  CHECK(has_remark(set, "pictures in formats that tandem does not read were left out: 2 (h.jxl, i.PSD)"));
  CHECK(has_remark(set,
                   "files of other kinds (2 .pdf, 1 without an ending, 1 .db, 1 .txt) were left out: 5 (j.pdf, k.PDF, "
                   "README and 2 more)"));
  CHECK_THROWS_WITH_AS(read_data("folder:" + folder.path().string(), {.strict = true}),
                       doctest::Contains("found pictures in formats that tandem does not read: 2"), FileError);
  std::filesystem::remove(folder / "h.jxl");
  std::filesystem::remove(folder / "i.PSD");
  CHECK(read_data("folder:" + folder.path().string(), {.strict = true}).images.size() == 7);
}

TEST_CASE("a folder of pictures in other formats alone is refused with their names") {
  const ScratchFolder folder;
  write_file(folder / "a.jxl", "x");
  CHECK_THROWS_WITH_AS(
      read_folder(folder.path()),
      doctest::Contains("found none; pictures in formats that tandem does not read were left out: 1 (a.jxl)"),
      FileError);
}

TEST_CASE("a folder of pictures without captions is a gallery in the order of the names") {
  const ScratchFolder folder;
  write_pair(folder / "b", "its text file is not read\xE9");
  write_pair(folder / "sub" / "a", "");
  write_file(folder / "notes.txt", "no picture's");
  std::filesystem::create_directory_symlink(folder.path(), folder / "sub" / "loop");
  const CaptionSet set = read_data("pictures:" + folder.path().string());
  REQUIRE(set.images.size() == 2);
  CHECK(set.images[0].id == "b.jpg");
  CHECK(set.images[1].id == "sub/a.jpg");
  CHECK(set.is_gallery());
  CHECK(!set.splits_made);
  CHECK(set.images[0].split == Split::kNone);
  CHECK(has_remark(set, "links to folders that are read already were left out: 1 (sub/loop)"));
  CHECK_THROWS_WITH_AS(refuse_gallery(set, "photos", "to train"),
                       "photos: expected pictures with captions, to train, found pictures alone", FileError);
  make_folder(folder / "none");
  CHECK_THROWS_WITH_AS(read_pictures(folder / "none"), doctest::Contains("expected pictures, found none"), FileError);
  CHECK_THROWS_WITH_AS(read_pictures(folder / "gone"), doctest::Contains("no such folder"), FileError);
}

TEST_CASE("a list of pictures names them from its own folder, each once") {
  const ScratchFolder folder, elsewhere;
  write_pair(folder / "sub" / "a", "");
  write_pair(folder / "b", "");
  write_pair(elsewhere / "c", "");
  const std::string absolute = (elsewhere / "c.jpg").string();
  write_file(folder / "list.txt", "sub/a.jpg\r\n\nb.jpg\nb.jpg\ngone.jpg\n" + absolute + "\n");
  const CaptionSet set = read_picture_list(folder / "list.txt");
  REQUIRE(set.images.size() == 3);
  CHECK(set.images[0].id == "sub/a.jpg");
  CHECK(set.images[0].picture.file == folder / "sub" / "a.jpg");
  CHECK(set.images[2].id == absolute);
  CHECK(set.images[2].picture.file == absolute);
  CHECK(has_remark(set, "pictures listed a second time were left out: 1 (list.txt: line 4 b.jpg)"));
  CHECK(has_remark(set, "pictures that are not there were left out: 1 (list.txt: line 5 gone.jpg)"));
  write_file(folder / "list.txt", "b.jpg\ncaf\xE9.jpg\n");
  CHECK_THROWS_WITH_AS(read_picture_list(folder / "list.txt"),
                       doctest::Contains("expected paths in UTF-8, found other bytes in line 2"), FileError);
  CHECK_THROWS_AS(read_picture_list(folder / "gone.txt"), FileError);
}

TEST_CASE("links to folders are followed once and links in a circle are counted") {
  const ScratchFolder folder, elsewhere;
  write_pair(elsewhere / "deep" / "a", "a dog");
  std::filesystem::create_directory_symlink(elsewhere.path(), folder / "train");
  std::filesystem::create_directory_symlink(elsewhere / "deep", folder / "z");
  std::filesystem::create_directory_symlink(elsewhere.path(), elsewhere / "deep" / "up");
  std::filesystem::create_symlink("b.jpg", folder / "b.jpg");
  std::filesystem::create_symlink("two", folder / "one");
  std::filesystem::create_symlink("one", folder / "two");
  const CaptionSet set = read_folder(folder.path());
  REQUIRE(set.images.size() == 1);
  CHECK(set.images[0].id == "train/deep/a.jpg");
  CHECK(set.images[0].split == Split::kTrain);
  CHECK(has_remark(set, "links that lead nowhere were left out: 3 (b.jpg, one, two)"));
  CHECK(has_remark(set, "links to folders that are read already were left out: 2 (z, train/deep/up)"));
  CHECK_THROWS_WITH_AS(read_data("folder:" + folder.path().string(), {.strict = true}),
                       doctest::Contains("expected data without defects (--strict), found links that"), FileError);
}

namespace {

/// Root may enter every folder; while this lives, root is nobody.
struct NotRoot {
  NotRoot() {
    if (is_root) REQUIRE(::seteuid(65534) == 0);
  }
  ~NotRoot() {
    if (is_root && ::seteuid(0) != 0) std::abort();
  }
  const bool is_root = ::geteuid() == 0;
};

}  // namespace

TEST_CASE("folders that may not be entered are left out and counted" * doctest::test_suite("data")) {
  const ScratchFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  write_pair(folder / "a", "a dog");
  write_pair(folder / "closed" / "b", "a cat");
  write_file(folder / "c.csv", "image,caption\na.jpg,a dog\nclosed/b.jpg,a cat\n");
  std::filesystem::permissions(folder / "closed", std::filesystem::perms::none);
  {
    const NotRoot nobody;
    TANDEM_SKIP_WITHOUT(folder / "a.jpg");  // Of a checkout in root's home nobody sees anything.
    CHECK(has_remark(read_folder(folder.path()), "folders that may not be entered were left out: 1 (closed)"));
    CHECK(has_remark(read_data((folder / "c.csv").string()),
                     "pictures in folders that may not be read were left out: 1 (c.csv: line 3 closed/b.jpg)"));
  }
  std::filesystem::permissions(folder / "closed", std::filesystem::perms::owner_all);
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
  CHECK_THROWS_WITH_AS(read_folder(folder.path()),
                       doctest::Contains("pictures that exist and have captions, found none"), FileError);
  CHECK_THROWS_WITH_AS(read_folder(folder / "none"), doctest::Contains("no such folder"), FileError);
  CHECK_THROWS_WITH_AS(read_imagefolder(folder.path()), doctest::Contains("metadata.csv or metadata.jsonl"), FileError);
}

TEST_CASE("an imagefolder has its metadata in one file or in one a split") {
  const ScratchFolder folder;
  write_pair(folder / "a", "");
  write_file(folder / "metadata.csv", "file_name,text\na.jpg,a dog\n");
  CHECK(read_imagefolder(folder.path()).splits_made);
  CHECK(read_data(folder.path().string()).name == "imagefolder");
  CHECK(read_imagefolder(folder.path()).defects.empty());
  make_folder(folder / "more");
  write_file(folder / "more" / "b.tif", "picture");
  write_file(folder / "c.jxl", "picture");
  write_file(folder / "d.log", "lines");
  CHECK(has_remark(read_imagefolder(folder.path()),
                   "pictures without a usable row in the metadata were left out: 1 (more/b.tif)"));
  CHECK(has_remark(read_imagefolder(folder.path()), "pictures in formats that tandem does not read were left out: 1"));
  CHECK(has_remark(read_imagefolder(folder.path()), "files of other kinds (1 .log) were left out: 1 (d.log)"));

  write_pair(folder / "train" / "x", "");
  write_pair(folder / "validation" / "x", "");
  write_file(folder / "train" / "metadata.jsonl",
             "{\"file_name\": \"x.jpg\", \"text\": \"a dog\"}\n{\"file_name\": \"gone.jpg\", \"text\": \"b\"}\n");
  write_file(folder / "validation" / "metadata.csv", "file_name,text\nx.jpg,a cat\n");
  const CaptionSet set = read_imagefolder(folder.path());
  REQUIRE(set.images.size() == 2);
  CHECK(set.images[0].id == "train/x.jpg");
  CHECK(set.images[0].split == Split::kTrain);
  CHECK(set.images[1].split == Split::kDev);
  CHECK(!set.splits_made);
  CHECK(has_remark(set, "pictures that are not there were left out: 1 (train/metadata.jsonl: line 2 gone.jpg)"));
}

TEST_CASE("one metadata file above folders named like splits leaves the pictures on their sides") {
  const ScratchFolder folder;
  for (const char* name : {"train/a", "test/a", "images/val/a", "more/a"}) write_pair(folder / name, "");
  const std::string rows = "train/a.jpg,a dog\ntest/a.jpg,a cat\nimages/val/a.jpg,a bird\nmore/a.jpg,a fish\n";
  write_file(folder / "metadata.csv", "file_name,text\n" + rows);
  const CaptionSet set = read_imagefolder(folder.path());
  REQUIRE(set.images.size() == 4);
  CHECK(set.images[0].split == Split::kTrain);
  CHECK(set.images[1].split == Split::kTest);
  CHECK(set.images[2].split == Split::kDev);
  CHECK(set.images[3].split == Split::kNone);
  CHECK(!set.splits_made);
  CHECK(!has_remark(set, "no split was given"));
  CHECK(has_remark(set, "pictures are in no split: 1 (more/a.jpg)"));
  write_file(folder / "metadata.csv", "file_name,text,split\ntrain/a.jpg,a dog,test\ntest/a.jpg,a cat,train\n");
  CHECK(read_imagefolder(folder.path()).images[0].split == Split::kTest);
}
