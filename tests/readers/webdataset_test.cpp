#include "tandem/readers/webdataset.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "data/has_remark.h"
#include "tandem/base/errors.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/readers/folder_data.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

struct Member {
  std::string name, bytes;
  char kind = '0';  // '2': a symbolic link, '5': a folder
};

/// A tar file as POSIX 1003.1-1988 describes it.
std::string tar_of(const std::vector<Member>& members) {
  std::string tar;
  for (const Member& member : members) {
    std::string header(512, '\0');
    const auto put = [&](std::size_t at, const std::string& text) { header.replace(at, text.size(), text); };
    char size[16];
    std::snprintf(size, sizeof size, "%011o", static_cast<unsigned>(member.bytes.size()));
    put(0, member.name);
    put(100, "0000644");
    put(124, size);
    put(136, "00000000000");
    put(148, "        ");
    header[156] = member.kind;
    if (member.kind == '2') put(157, "/etc/passwd");
    put(257, std::string("ustar\0"
                         "00",
                         8));
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    std::snprintf(size, sizeof size, "%06o", sum);
    put(148, std::string(size) + std::string(1, '\0'));
    tar += header + member.bytes + std::string((512 - member.bytes.size() % 512) % 512, '\0');
  }
  return tar + std::string(1024, '\0');
}

std::map<std::string, CaptionedImage> by_id(const CaptionSet& set) {
  std::map<std::string, CaptionedImage> images;
  for (const CaptionedImage& image : set.images) images[image.id] = image;
  return images;
}

}  // namespace

TEST_CASE("shards by Python's tarfile are read in place") {
  for (const char* kind : {"ustar", "gnu", "pax"}) {
    CAPTURE(kind);
    const auto file = reference_dir() / "archives" / ("shard_" + std::string(kind) + ".tar");
    const CaptionSet set = read_webdataset(file.string());
    auto images = by_id(set);
    REQUIRE(images.size() == 3);
    const std::string stem = "shard_" + std::string(kind) + "/";
    CaptionedImage& dog = images[stem + "000.jpg"];
    CHECK(dog.captions == std::vector<std::string>{"a dog", "ein großer Hund"});
    CHECK(read_source_bytes(dog.picture) == "first picture");
    CHECK(dog.split == Split::kNone);
    CaptionedImage& cat = images[stem + "deep/001.PNG"];
    CHECK(cat.captions == std::vector<std::string>{"a cat", "the cat"});
    CHECK(cat.split == Split::kTest);
    CHECK(cat.label == "cat");
    CHECK(images["chosen.webp"].picture.bytes == 600);
    CHECK(has_remark(set, "pictures are in no split: 2"));
    CHECK_FALSE(set.splits_made);
  }
}

TEST_CASE("shards are counted by braces and their names tell splits") {
  const ScratchFolder folder;
  const std::string shard = tar_of({{"0.jpg", "x"}, {"0.txt", "a dog"}});
  for (const char* name : {"train-00.tar", "train-01.tar", "validation-00.tar", "test_00.tar"})
    write_file(folder / name, shard);
  const CaptionSet set = read_webdataset((folder / "{train-00,train-01,validation-00,test_00}.tar").string());
  REQUIRE(set.images.size() == 4);
  CHECK(set.images[1].id == "train-01/0.jpg");
  CHECK(set.images[1].split == Split::kTrain);
  CHECK(set.images[2].split == Split::kDev);
  CHECK(set.images[3].split == Split::kTest);
  CHECK(read_webdataset(folder.path().string()).images.size() == 4);
  const CaptionSet missing = read_webdataset((folder / "train-{00..03}.tar").string());
  CHECK(missing.images.size() == 2);
  CHECK(has_remark(missing, "shards that are not there were left out: 2"));
  write_file(folder / "00.tar", shard);
  const CaptionSet bare = read_webdataset((folder / "00.tar").string());
  CHECK(bare.splits_made);
  CHECK(bare.images[0].split == split_by_hash("00/0.jpg"));
}

TEST_CASE("shards of one name in different folders keep their pictures and sides apart") {
  const ScratchFolder folder;
  for (const std::string split : {"train", "val", "test"}) {
    make_folder(folder / split);
    for (const std::string shard : {"0000", "0001"}) {
      write_file(folder / split / (shard + ".tar"), tar_of({{"a.jpg", split + shard},
                                                            {"a.txt", "a dog"},
                                                            {"b.jpg", "x"},
                                                            {"b.txt", "a cat"},
                                                            {"c.txt", "nobody's"}}));
    }
  }
  const CaptionSet set = read_webdataset((folder / "{train,val,test}/{0000..0001}.tar").string());
  REQUIRE(set.images.size() == 12);
  const auto in = [&](Split split) {
    return std::count_if(set.images.begin(), set.images.end(), [&](const auto& image) { return image.split == split; });
  };
  CHECK(in(Split::kTrain) == 4);
  CHECK(in(Split::kDev) == 4);
  CHECK(in(Split::kTest) == 4);
  auto images = by_id(set);
  CHECK(read_source_bytes(images["val/0001/a.jpg"].picture) == "val0001");
  CHECK(has_remark(
      set,
      "samples without a picture were left out: 6 (train/0000.tar: c, train/0001.tar: c, val/0000.tar: c and 3 more)"));
  // Below the folder that the shards have in common: how it is reached makes no difference.
  CHECK(read_webdataset((folder / "./val/{0000..0001}.tar").string()).images[0].id == "0000/a.jpg");
}

TEST_CASE("what a shard holds that is none of a sample is left out and counted") {
  const ScratchFolder folder;
  write_file(folder / "s.tar", tar_of({{"./", "", '5'},
                                       {"./0.jpg", "picture"},
                                       {"./0.json", R"({"caption": "first", "key": 7})"},
                                       {"./0.txt", "not this"},
                                       {"./0.png", "another"},
                                       {"1.jpg", "", '2'},
                                       {"../../etc/2.jpg", "x"},
                                       {"/etc/3.jpg", "x"},
                                       {"4.jpg", "x"},
                                       {"4.json", "[1"},
                                       {"5.txt", "no picture"},
                                       {"6.jpg", "x"},
                                       {"6.txt", "caf\xE9\n \nfine"},
                                       {"7.jpg", "x"},
                                       {"7.json", R"({"text": ["a", "b"], "split": "exam"})"},
                                       {".hidden.jpg", "x"},
                                       {"README", "x"},
                                       {"0.jpg", "again"},
                                       {"0.txt", "again"}}));
  const CaptionSet set = read_webdataset((folder / "s.tar").string());
  auto images = by_id(set);
  REQUIRE(images.size() == 2);
  CHECK(images["s/0.jpg"].captions == std::vector<std::string>{"first"});
  CHECK(read_source_bytes(images["s/0.jpg"].picture) == "picture");
  CHECK(images["s/6.jpg"].captions == std::vector<std::string>{"fine"});
  for (const char* part : {"second pictures of a sample were left out: 1 (s.tar: 0.png)",
                           "members that are links or devices were left out: 1 (s.tar: 1.jpg)",
                           "members whose names lead out of the shard were left out: 2",
                           "members that are no JSON object were left out: 1 (s.tar: 4.json)",
                           "pictures without a caption were left out: 1 (s/4.jpg)",
                           "samples without a picture were left out: 1 (s.tar: 5)",
                           "captions that are not UTF-8 were left out: 1 (s.tar: 6)",
                           "samples of an unknown split were left out: 1 (s.tar: 7 exam)",
                           "pictures listed a second time were left out: 1 (s/0.jpg)"}) {
    CAPTURE(part);
    CHECK(has_remark(set, part));
  }
}

TEST_CASE("shards hold pictures of every format, and those in others are counted") {
  const ScratchFolder folder;
  std::vector<Member> members;
  for (const char* name : {"0.heic", "1.AVIF", "2.tif", "3.tiff", "4.gif", "5.bmp", "6.jxl", "7.svg"}) {
    members.push_back({name, "picture"});
    members.push_back({std::string(name, 1) + ".txt", "a dog"});
  }
  write_file(folder / "s.tar", tar_of(members));
  const CaptionSet set = read_webdataset((folder / "s.tar").string());
  CHECK(set.images.size() == 6);
  CHECK(set.images[1].id == "s/1.AVIF");
  CHECK(has_remark(set, "pictures in formats that tandem does not read were left out: 1 (s.tar: 6.jxl)"));
  CHECK(has_remark(set, "samples without a picture were left out: 1 (s.tar: 7)"));
}

TEST_CASE("a shard that is cut gives what comes before the cut") {
  const ScratchFolder folder;
  const std::string whole =
      tar_of({{"0.jpg", "picture"}, {"0.txt", "a dog"}, {"1.jpg", std::string(5000, 'x')}, {"1.txt", "a cat"}});
  write_file(folder / "s.tar", whole.substr(0, 4000));
  const CaptionSet set = read_webdataset((folder / "s.tar").string());
  CHECK(set.images.size() == 1);
  CHECK(has_remark(set, "shards that are cut or damaged, from there on were left out: 1"));
  CHECK(has_remark(set, "ends inside a member"));
  write_file(folder / "no.tar", "<html>");
  CHECK_THROWS_WITH_AS(read_webdataset((folder / "no.tar").string()),
                       doctest::Contains("shards that cannot be read to the end were left out: 1"), FileError);
  CHECK_THROWS_WITH_AS(read_webdataset((folder / "{0..2}.tar").string()),
                       doctest::Contains("shards that are not there were left out: 3"), FileError);
  const ScratchFolder empty;
  CHECK_THROWS_WITH_AS(read_webdataset(empty.path().string()),
                       doctest::Contains("a folder with .tar files, itself or in its subfolders, found none"),
                       FileError);
}

TEST_CASE("what img2dataset writes is read from its folder, from a folder of such folders, and as files") {
  const std::string json = R"({"caption": "a dog", "url": "http://x/a.jpg", "key": "000000000", "status": "success"})";
  const std::string tar = tar_of({{"000000000.jpg", "one"}, {"000000000.json", json}, {"000000000.txt", "a dog"}});
  const ScratchFolder folder;
  for (const char* part : {"train", "val"}) {
    make_folder(folder / "set" / part);
    write_file(folder / "set" / part / "00000.tar", tar);
    write_file(folder / "set" / part / "00000.parquet", "PAR1");
    write_file(folder / "set" / part / "00000_stats.json", "{}");
  }
  CHECK(is_webdataset((folder / "set" / "train").string()));
  CHECK(read_webdataset((folder / "set" / "train").string()).images.size() == 1);
  CHECK(is_webdataset((folder / "set").string()));
  const auto images = by_id(read_webdataset((folder / "set").string()));
  REQUIRE(images.size() == 2);
  CHECK(images.at("train/00000/000000000.jpg").split == Split::kTrain);
  CHECK(images.at("val/00000/000000000.jpg").split == Split::kDev);
  CHECK(images.at("val/00000/000000000.jpg").captions == std::vector<std::string>{"a dog"});

  make_folder(folder / "files" / "00000");
  for (const auto& [ending, text] : {std::pair{"jpg", "one"}, std::pair{"txt", "a dog"}, std::pair{"json", "{}"}})
    write_file(folder / "files" / "00000" / (std::string("000000000.") + ending), text);
  write_file(folder / "files" / "00000.parquet", "PAR1");
  CHECK(is_folder(folder / "files"));
  const CaptionSet files = read_folder(folder / "files");
  REQUIRE(files.images.size() == 1);
  CHECK(files.images[0].id == "00000/000000000.jpg");
}
