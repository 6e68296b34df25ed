#include "tandem/data/flickr8k.h"

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
struct Folder : ScratchFolder {
  explicit Folder(const Files& files, const char* pictures = "Images") {
    make_folder(path() / pictures);
    for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) write_file(path() / pictures / name, "picture");
    for (const auto& [name, text] : files) write_file(path() / name, text);
  }
  CaptionSet read() const { return read_flickr8k(path()); }
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
    const CaptionSet set = Folder(kWhole, pictures).read();
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
  const CaptionSet set = Folder(files).read();
  CHECK(set.images[0].captions == std::vector<std::string>{"A dog ."});
  CHECK(set.images[0].split == Split::kTrain);
}

TEST_CASE("Kaggle's file is read and split by the hash of the name") {
  const CaptionSet set =
      Folder(Files{{"captions.txt",
                    "image,caption\na.jpg,A dog .\na.jpg,\"A dog , asleep .\"\nb.jpg,A cat .\n"}})
          .read();
  REQUIRE(set.images.size() == 2);
  CHECK(set.images[0].captions == std::vector<std::string>{"A dog .", "A dog , asleep ."});
  CHECK(set.images[0].split == split_by_hash("a.jpg"));
  CHECK(has_remark(set, "by the hash of their names"));
  CHECK_THROWS_WITH_AS(Folder(Files{{"captions.txt", "a.jpg,A dog .\n"}}).read(),
                       doctest::Contains("\"image,caption\""), FileError);
}

TEST_CASE("what does not fit together is left out or kept apart with a remark") {
  auto files =
      changed("Flickr8k.token.txt", kTokens + "gone.jpg.1#0\tA ghost .\na.jpg#2\tcaf\xE9\nb.jpg#1\t  \n");
  files["Flickr_8k.testImages.txt"] = "listed_only.jpg\n";
  const CaptionSet set = Folder(files).read();
  CHECK(set.images.size() == 3);
  CHECK(set.caption_count() == 4);
  CHECK(set.images[2].split == Split::kNone);
  CHECK(has_remark(set, "pictures that have captions but are not there were left out: 1 (gone.jpg.1)"));
  CHECK(has_remark(set, "pictures are in no split list: 1 (c.jpg)"));
  CHECK(has_remark(set, "captions that are not UTF-8 were left out: 1 (line 6)"));
  CHECK(has_remark(set, "blank captions were left out: 1 (line 7)"));
  CHECK(has_remark(set, "have no picture file or no caption: 1 (listed_only.jpg)"));
}

TEST_CASE("a folder that cannot be read is refused in a sentence") {
  const auto refuses = [](const Files& files, const char* part) {
    const Folder folder(files);
    CHECK_THROWS_WITH_AS(folder.read(), doctest::Contains(part), FileError);
  };
  refuses(changed("Flickr_8k.testImages.txt", "c.jpg\na.jpg\n"),
          "every picture in one list, found \"a.jpg\", which is also in the train list");
  refuses(changed("Flickr8k.token.txt", "a.jpg#0\tA dog .\nno tab here\n"), "on line 2");
  refuses(changed("Flickr8k.token.txt", "../a.jpg#0\tA dog .\n"), "the name of a picture on line 1");
  refuses(changed("Flickr8k.token.txt", ""), "expected captions, found none");
  refuses(changed("Flickr8k.token.txt", "x.jpg#0\tA dog .\ny.jpg#0\tA cat .\n"),
          "none of the 2 it names: x.jpg, y.jpg");
  refuses({}, "a folder with Flickr8k.token.txt or captions.txt, found neither");
  CHECK_THROWS_WITH_AS(read_flickr8k("nowhere"), doctest::Contains("found no such folder"), FileError);
}

TEST_CASE("the real Flickr8k has its 8091 pictures and names the one that is not there") {
  const auto folder = tests::shared_dir() / "data" / "flickr8k";
  TANDEM_SKIP_WITHOUT(folder);
  const CaptionSet set = read_flickr8k(folder);
  CHECK(set.images.size() == 8091);
  CHECK(set.caption_count() == 40455);
  std::array<int, 4> counts{};
  for (const CaptionedImage& image : set.images) ++counts[static_cast<int>(image.split)];
  CHECK(counts == std::array<int, 4>{6000, 1000, 1000, 91});
  CHECK(has_remark(set, "2258277193_586949ec62.jpg.1"));
  CHECK(has_remark(set, "pictures are in no split list: 91"));
}
