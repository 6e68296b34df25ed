#include "tandem/readers/flickr.h"

#include <doctest/doctest.h>

#include <array>
#include <map>

#include "data/has_remark.h"
#include "tandem/base/errors.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::has_remark;
using tandem::tests::ScratchFolder;

namespace {

using Files = std::map<std::string, std::string>;  // name -> text

/// A small Flickr8k: pictures in Images/, and the given files.
struct FlickrFolder : ScratchFolder {
  explicit FlickrFolder(const Files& files, const char* pictures = "Images") {
    make_folder(path() / pictures);
    for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) write_file(path() / pictures / name, "picture");
    for (const auto& [name, text] : files) write_file(path() / name, text);
  }
  CaptionSet read() const { return read_flickr(path(), FlickrKind::kEight); }
};

const std::string kTokens = "a.jpg#0\tA dog .\na.jpg#1\tThe dog .\nb.jpg#0\tA cat .\nc.jpg#0\tA bird .\n";
const Files kWhole = {{"Flickr8k.token.txt", kTokens},
                      {"Flickr_8k.trainImages.txt", "a.jpg\n"},
                      {"Flickr_8k.devImages.txt", "b.jpg\n"},
                      {"Flickr_8k.testImages.txt", "c.jpg\n"}};

Files changed(const std::string& name, const std::string& text) {
  auto files = kWhole;
  files[name] = text;
  return files;
}

}  // namespace

TEST_CASE("the folder as published gives pictures with captions and splits") {
  for (const char* pictures : {"Images", "Flicker8k_Dataset", "Flickr8k_Dataset", "."}) {
    const CaptionSet set = FlickrFolder(kWhole, pictures).read();
    REQUIRE(set.images.size() == 3);
    CHECK(set.images[0].id == "a.jpg");
    CHECK(set.images[0].captions == std::vector<std::string>{"A dog .", "The dog ."});
    CHECK(set.images[0].split == Split::kTrain);
    CHECK(set.images[1].split == Split::kDev);
    CHECK(set.images[2].split == Split::kTest);
    CHECK(set.remarks.empty());
  }
}

TEST_CASE("carriage returns and byte order marks and spaces at the ends make no difference") {
  auto files = changed("Flickr8k.token.txt",
                       "\xEF\xBB\xBF"
                       "a.jpg#0\t A dog . \r\nb.jpg#0\tA cat .\r\n\r\nc.jpg#0\tA bird .\r\n");
  files["Flickr_8k.trainImages.txt"] =
      "\xEF\xBB\xBF"
      "a.jpg  \r\n\r\n";
  const CaptionSet set = FlickrFolder(files).read();
  CHECK(set.images[0].captions == std::vector<std::string>{"A dog ."});
  CHECK(set.images[0].split == Split::kTrain);
}

TEST_CASE("Kaggle's file is read and split by the hash of the name") {
  const CaptionSet set =
      FlickrFolder(Files{{"captions.txt", "image,caption\na.jpg,A dog .\na.jpg,\"A dog , asleep .\"\nb.jpg,A cat .\n"}})
          .read();
  REQUIRE(set.images.size() == 2);
  CHECK(set.images[0].captions == std::vector<std::string>{"A dog .", "A dog , asleep ."});
  CHECK(set.images[0].split == split_by_hash("a.jpg"));
  CHECK(has_remark(set, "by the hash of their names"));
  CHECK_THROWS_WITH_AS(FlickrFolder(Files{{"captions.txt", "a.jpg,A dog .\n"}}).read(),
                       doctest::Contains("\"image,caption\""), FileError);
}

TEST_CASE("what does not fit together is left out or kept apart with a remark") {
  auto files = changed("Flickr8k.token.txt", kTokens + "gone.jpg.1#0\tA ghost .\na.jpg#2\tcaf\xE9\nb.jpg#1\t  \n");
  files["Flickr_8k.testImages.txt"] = "listed_only.jpg\n";
  const CaptionSet set = FlickrFolder(files).read();
  CHECK(set.images.size() == 3);
  CHECK(set.caption_count() == 4);
  CHECK(set.images[2].split == Split::kNone);
  CHECK(has_remark(set, "pictures that are not there were left out: 1 (Flickr8k.token.txt: line 5 gone.jpg.1)"));
  CHECK(has_remark(set, "pictures are in no split list: 1 (c.jpg)"));
  CHECK(has_remark(set, "captions that are not UTF-8 were left out: 1 (Flickr8k.token.txt: line 6)"));
  CHECK(has_remark(set, "blank captions were left out: 1 (Flickr8k.token.txt: line 7)"));
  CHECK(has_remark(set, "have no picture file or no caption: 1 (listed_only.jpg)"));
}

TEST_CASE("rows that are none and names that lead elsewhere are left out and counted") {
  const CaptionSet set = FlickrFolder(changed("Flickr8k.token.txt",
                                              kTokens + "no tab here\n../a.jpg#0\tA dog .\n/etc/passwd#0\tA file .\n"))
                             .read();
  CHECK(set.images.size() == 3);
  CHECK(has_remark(set, "rows that are not \"name#k<TAB>caption\" were left out: 1 (Flickr8k.token.txt: line 5)"));
  CHECK(has_remark(set,
                   "rows whose picture is outside the folder were left out: 2 (Flickr8k.token.txt: line 6, line 7)"));
}

namespace {

const char* const kKarpathy = R"({"images": [
  {"sentids": [0, 1], "imgid": 0, "sentences": [{"tokens": ["a", "dog"], "raw": "A dog .", "imgid": 0,)"
                              R"( "sentid": 0}, {"raw": "The dog ."}],
   "split": "train", "filename": "a.jpg"},
  {"split": "val", "sentences": [{"raw": "A cat ."}, {"raw": " "}], "filename": "b.jpg"},
  {"split": "test", "sentences": [{"raw": "A bird ."}], "filename": "c.jpg"},
  {"split": "test", "sentences": [{"raw": "A ghost ."}], "filename": "gone.jpg"},
  {"split": "test", "sentences": [{"raw": "Secret ."}], "filename": "../c.jpg"}], "dataset": "flickr8k"})";

}  // namespace

TEST_CASE("Karpathy's splits give pictures and captions and sides") {
  const FlickrFolder folder({{"dataset_flickr8k.json", kKarpathy}, {"Flickr_8k.trainImages.txt", "c.jpg\n"}});
  const CaptionSet set = folder.read();
  REQUIRE(set.images.size() == 3);
  CHECK(set.images[0].captions == std::vector<std::string>{"A dog .", "The dog ."});
  CHECK(set.images[0].split == Split::kTrain);
  CHECK(set.images[1].split == Split::kDev);
  CHECK(set.images[2].split == Split::kTest);
  CHECK_FALSE(set.splits_made);
  CHECK(has_remark(set, "blank captions were left out: 1 (dataset_flickr8k.json: b.jpg)"));
  CHECK(has_remark(set, "pictures that are not there were left out: 1 (dataset_flickr8k.json: gone.jpg)"));
  CHECK(has_remark(set,
                   "pictures whose names lead out of the folder were left out: 1 (dataset_flickr8k.json: ../c.jpg)"));
}

TEST_CASE("the caption file itself may be named, and one that says nothing is refused") {
  const FlickrFolder folder({{"Flickr8k.token.txt", "a.jpg#0\tA dog .\n"}, {"dataset_flickr8k.json", kKarpathy}});
  CHECK(folder.read().images.size() == 1);
  CHECK(read_flickr(folder.path() / "dataset_flickr8k.json", FlickrKind::kEight).images.size() == 3);
  const auto refuses = [](const std::string& text, const char* part) {
    const FlickrFolder broken({{"dataset_flickr8k.json", text}});
    CHECK_THROWS_WITH_AS(broken.read(), doctest::Contains(part), FileError);
  };
  const std::string whole = kKarpathy;
  refuses(whole.substr(0, 300), "dataset_flickr8k.json: expected JSON from beginning to end");
  refuses("{}", "expected a list \"images\"");
  refuses(R"({"images": [{"filename": "a.jpg", "split": "exam", "sentences": []}]})",
          "as the split of \"a.jpg\", found \"exam\"");
}

TEST_CASE("Flickr30k is read as published, as Kaggle has it, and with lists of names without endings") {
  const auto read = [](const Files& files) {
    return read_flickr(FlickrFolder(files, "flickr30k-images").path(), FlickrKind::kThirty);
  };
  for (const Files& files : {Files{{"results_20130124.token", kTokens}},
                             Files{{"results.csv",
                                    "image_name| comment_number| comment\na.jpg| 0| A dog .\na.jpg| 1| The dog .\n"
                                    "b.jpg| 0| A cat .\nb.jpg| 4   A \"cat\" runs .\nc.jpg| 0| A bird .\n"}}}) {
    Files with_lists = files;
    with_lists["train.txt"] = "a\n";
    with_lists["val.txt"] = "b\n";
    with_lists["test.txt"] = "c.jpg\n";
    const CaptionSet set = read(with_lists);
    REQUIRE(set.images.size() == 3);
    CHECK(set.name == "flickr30k");
    CHECK(set.images[0].captions == std::vector<std::string>{"A dog .", "The dog ."});
    CHECK(set.images[0].split == Split::kTrain);
    CHECK(set.images[1].split == Split::kDev);
    CHECK(set.images[2].split == Split::kTest);
    CHECK(has_remark(set, "rows that are not \"name| k| caption\" were left out: 1 (results.csv: line 5)") ==
          files.contains("results.csv"));
    CHECK(has_remark(read(files), "by the hash of their names"));
  }
  CHECK_THROWS_WITH_AS(read({{"results.csv", "name,caption\n"}}),
                       doctest::Contains("image_name| comment_number| comment"), FileError);
}

TEST_CASE("a folder that cannot be read is refused in a sentence") {
  const auto refuses = [](const Files& files, const char* part) {
    const FlickrFolder folder(files);
    CHECK_THROWS_WITH_AS(folder.read(), doctest::Contains(part), FileError);
  };
  refuses(changed("Flickr_8k.testImages.txt", "c.jpg\na.jpg\n"),
          "every picture in one list, found \"a.jpg\", which is also in the train list");
  refuses(changed("Flickr8k.token.txt", ""), "expected pictures that exist and have captions, found none");
  refuses(changed("Flickr8k.token.txt", "x.jpg#0\tA dog .\ny.jpg#0\tA cat .\n"),
          "pictures that are not there were left out: 2 (Flickr8k.token.txt: line 1 x.jpg, line 2 y.jpg)");
  refuses({}, "a folder with Flickr8k.token.txt, captions.txt or dataset_flickr8k.json, found none of them");
  CHECK_THROWS_WITH_AS(read_flickr("nowhere", FlickrKind::kEight), doctest::Contains("found no such folder"),
                       FileError);
}

TEST_CASE("the real Flickr8k has its 8091 pictures and names the one that is not there" * doctest::test_suite("data")) {
  const auto folder = tests::shared_dir() / "data" / "flickr8k";
  TANDEM_SKIP_WITHOUT(folder);
  const CaptionSet set = read_flickr(folder, FlickrKind::kEight);
  CHECK(set.images.size() == 8091);
  CHECK(set.caption_count() == 40455);
  std::array<int, 4> counts{};
  for (const CaptionedImage& image : set.images) ++counts[static_cast<int>(image.split)];
  CHECK(counts == std::array<int, 4>{6000, 1000, 1000, 91});
  CHECK(has_remark(set, "2258277193_586949ec62.jpg.1"));
  CHECK(has_remark(set, "pictures are in no split list: 91"));
}
