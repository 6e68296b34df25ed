#include <doctest/doctest.h>

#include "data/has_remark.h"
#include "tandem/base/errors.h"
#include "tandem/readers/table.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Captions = std::vector<std::string>;

/// A folder with pictures a.jpg and b.jpg and one table.
struct LayoutFolder : ScratchFolder {
  LayoutFolder() {
    for (const char* name : {"a.jpg", "b.jpg", "noending"}) write_file(path() / name, "picture");
  }

  CaptionSet read(const std::string& table, const TableOptions& options = {},
                  TableFormat format = TableFormat::kCsv) const {
    write_file(path() / "data.csv", table);
    return read_table(path() / "data.csv", format, options);
  }

  void refuses(const std::string& table, const std::string& part, const TableOptions& options = {},
               TableFormat format = TableFormat::kCsv) const {
    CAPTURE(table);
    CHECK_THROWS_WITH_AS(read(table, options, format), doctest::Contains(part.c_str()), FileError);
  }
};

}  // namespace

TEST_CASE("columns are named by options, in names or numbers") {
  const LayoutFolder folder;
  const std::string table = "photo,words,part,kind\na.jpg,a dog,train,dog\nb.jpg,a cat,val,cat\n";
  for (const ColumnChoice& choice :
       {ColumnChoice{"photo", "words", "part", "kind"}, ColumnChoice{"1", "2", "3", "4"}}) {
    const CaptionSet set = folder.read(table, {.columns = choice});
    REQUIRE(set.images.size() == 2);
    CHECK(set.images[0].captions == Captions{"a dog"});
    CHECK(set.images[0].split == Split::kTrain);
    CHECK(set.images[1].split == Split::kDev);
    CHECK(set.images[1].label == "cat");
    CHECK_FALSE(set.splits_made);
  }
  folder.refuses(table, "a column \"pictures\" (--image-column), found \"photo\", \"words\", \"part\", \"kind\"",
                 {.columns = {.image = "pictures"}});
  folder.refuses(table, "a column 9 (--caption-column), found 4 columns", {.columns = {.image = "1", .caption = "9"}});
}

TEST_CASE("a delimiter is told by the first records, or given") {
  const LayoutFolder folder;
  for (const std::string& separator : {std::string(","), std::string(";"), std::string("\t"), std::string("|")}) {
    const std::string table = "image" + separator + "caption" + separator + "split\n" + "a.jpg" + separator + "\"one" +
                              separator + " two\"" + separator + "train\n" + "b.jpg" + separator + "\"three\nfour\"" +
                              separator + "test\n";
    for (const std::string& ends : {std::string("\n"), std::string("\r\n")}) {
      std::string text = table;
      for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += ends.size())
        text.replace(at, 1, ends);
      const CaptionSet set = folder.read("\xEF\xBB\xBF" + text);
      CAPTURE(text);
      REQUIRE(set.images.size() == 2);
      CHECK(set.images[0].captions.size() == 1);
      CHECK(set.images[1].captions == Captions{"three four"});
      CHECK(set.images[1].split == Split::kTest);
      CHECK(has_remark(set, "the columns are separated by") == (separator != ","));
    }
  }
  CHECK(folder.read("a.jpg,a dog;asleep\nb.jpg,a cat;awake\n").images[0].captions == Captions{"a dog;asleep"});
  const std::string both = "1,noending;asleep\n";
  const ColumnChoice second{.image = "2", .caption = "1"};
  folder.refuses(both, "or its name in --delimiter, found several: comma, semicolon", {.columns = second});
  folder.refuses(both, "rows under the names of the columns", {.columns = second, .delimiter = "semicolon"});
  CHECK(folder.read("image:caption\na.jpg:a dog\n", {.delimiter = ":"}).images.size() == 1);
  CHECK(folder.read("image,caption\na.jpg,a dog\n", {.delimiter = ","}, TableFormat::kTsv).images.size() == 1);
}

TEST_CASE("a table without names of columns is known by its first picture") {
  const LayoutFolder folder;
  const CaptionSet set = folder.read("a.jpg,a dog\nb.jpg,a cat\na.jpg,the dog\n");
  REQUIRE(set.images.size() == 2);
  CHECK(set.images[0].captions == Captions{"a dog", "the dog"});
  CHECK(has_remark(set, "the first row names no columns: pictures are in column 1, captions in column 2"));
  CHECK(folder.read("noending;a dog, asleep\n").images.size() == 1);
  const CaptionSet missing = folder.read("gone.jpg,a bird\nb.jpg,a cat\n");
  CHECK(missing.images.size() == 1);
  CHECK(has_remark(missing, "pictures that are not there were left out: 1 (data.csv: line 1 gone.jpg)"));
  const CaptionSet turned =
      folder.read("train,a dog,a.jpg\ntest,a cat,b.jpg\n", {.columns = {.image = "3", .caption = "2", .split = "1"}});
  REQUIRE(turned.images.size() == 2);
  CHECK(turned.images[1].split == Split::kTest);
  folder.refuses("a.jpg,a dog,train\n", "the number of the captions' column in --caption-column");
  folder.refuses("photo,words\na.jpg,a dog\n", "found \"photo\", \"words\"");
  CHECK(folder.read("photo,words\na.jpg,a dog\n", {.columns = {.image = "1", .caption = "2"}}).defects.empty());
}

TEST_CASE("several columns of captions give several captions, and their empty fields are no defects") {
  const LayoutFolder folder;
  const CaptionSet set =
      folder.read("image,caption_1,caption_2,caption_3\na.jpg,one,,three\nb.jpg,\" \",,\nb.jpg,four,five,\xC2\xA0\n");
  REQUIRE(set.images.size() == 2);
  CHECK(set.images[0].captions == Captions{"one", "three"});
  CHECK(set.images[1].captions == Captions{"four", "five"});
  CHECK(has_remark(set, "captions are in the columns \"caption_1\", \"caption_2\", \"caption_3\""));
  CHECK(has_remark(set, "rows without a caption were left out: 1 (data.csv: line 3)"));
  CHECK(has_remark(set, "blank captions were left out: 1 (data.csv: line 4)"));
  const CaptionSet chosen = folder.read("file,en,de\na.jpg,dog,Hund\n", {.columns = {.caption = "de,en"}});
  CHECK(chosen.images[0].captions == Captions{"Hund", "dog"});
}

TEST_CASE("fields that are all JSON lists of texts give one caption per text") {
  const LayoutFolder folder;
  const TableOptions raw{.columns = {.caption = "raw"}};
  const CaptionSet set = folder.read(
      "raw,filename\n\"[\"\"a dog\"\", \"\"the \\\"\"dog\\\"\"\"\"]\",a.jpg\n\"[\"\"a cat\"\"]\",b.jpg\n", raw);
  REQUIRE(set.images.size() == 2);
  CHECK(set.images[0].captions == Captions{"a dog", "the \"dog\""});
  CHECK(has_remark(set, "captions are JSON lists of texts"));
  const CaptionSet plain = folder.read("raw,filename\n\"[\"\"a dog\"\"]\",a.jpg\n[sic] a cat,b.jpg\n", raw);
  CHECK(plain.images[0].captions == Captions{"[\"a dog\"]"});
}

TEST_CASE("rows that are ragged, a header that is repeated and doubled columns are told by line") {
  const LayoutFolder folder;
  const CaptionSet set =
      folder.read("image,caption\na.jpg,a dog\nimage,caption\nb.jpg,a cat,and more\nb.jpg\nb.jpg,a cat\n");
  REQUIRE(set.images.size() == 2);
  CHECK(has_remark(set, "pictures that are not there were left out: 1 (data.csv: line 3 image)"));
  CHECK(has_remark(set, "another number of fields than the first were left out: 2 (data.csv: line 4, line 5)"));
  folder.refuses("image,caption,caption\na.jpg,a dog,the dog\n", "columns 2 and 3 of that name");
}

TEST_CASE("a list in JSON is a table whose wrong items are told by their numbers") {
  const LayoutFolder folder;
  const std::string list = R"([{"image": "a.jpg", "captions": ["a dog", "the dog"], "split": "train"},
    "wrong", {"image": "b.jpg", "captions": "a cat", "split": "test"}, {"image": "../c.jpg", "captions": "x"}])";
  for (const TableFormat format : {TableFormat::kJson, TableFormat::kJsonl}) {
    const CaptionSet set = folder.read(list, {}, format);
    REQUIRE(set.images.size() == 2);
    CHECK(set.images[0].captions == Captions{"a dog", "the dog"});
    CHECK(set.images[1].split == Split::kTest);
    CHECK(has_remark(set, "items that are no JSON object were left out: 1 (data.csv: item 2)"));
    CHECK(has_remark(set, "outside the folder of the file were left out: 1 (data.csv: item 4)"));
  }
  folder.refuses(R"([{"image": "a.jpg", "caption": "x", "split": "most"}])", "as the split on item 1, found \"most\"",
                 {}, TableFormat::kJson);
  folder.refuses(R"({"images": [], "annotations": []})", "files of COCO's form are read by coco:FILE,PICTURES", {},
                 TableFormat::kJson);
  folder.refuses(R"([{"photo": "a.jpg", "caption": "x"}])", "--image-column, found \"photo\", \"caption\"", {},
                 TableFormat::kJson);
  folder.refuses("[]", "an empty file", {}, TableFormat::kJson);
  folder.refuses("[{\"image\": \"a.jpg\"", "the end of the file on line 1", {}, TableFormat::kJson);
}
