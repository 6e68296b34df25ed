#include "tandem/readers/table.h"

#include <doctest/doctest.h>

#include "data/has_remark.h"
#include "tandem/base/errors.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::has_remark;
using tandem::tests::ScratchFolder;

namespace {

/// A folder with a.jpg, b.jpg and sub/c.jpg (their bytes do not matter here) and data.csv.
struct TableFolder : ScratchFolder {
  explicit TableFolder(const std::string& table) {
    make_folder(path() / "sub");
    for (const char* name : {"a.jpg", "b.jpg", "sub/c.jpg"}) write_file(path() / name, "picture");
    write_file(csv(), table);
  }
  std::filesystem::path csv() const { return path() / "data.csv"; }
  CaptionSet read() const { return read_table(csv(), TableFormat::kCsv); }
};

void refuses(const std::string& table, const std::string& part) {
  const TableFolder folder(table);
  CAPTURE(table);
  CHECK_THROWS_WITH_AS(folder.read(), doctest::Contains(part.c_str()), FileError);
}

}  // namespace

TEST_CASE("rows of one picture are gathered in the order of the file") {
  const TableFolder folder(
      "Caption,IMAGE,split,note\na dog,a.jpg,train,x\n\"a cat, asleep\",./sub/c.jpg,val,\nthe "
      "dog,a.jpg,train,y\n");
  const CaptionSet set = folder.read();
  CHECK(set.name == "csv");
  REQUIRE(set.images.size() == 2);
  CHECK(set.images[0].id == "a.jpg");
  CHECK(set.images[0].captions == std::vector<std::string>{"a dog", "the dog"});
  CHECK(set.images[0].split == Split::kTrain);
  CHECK(set.images[1].id == "sub/c.jpg");
  CHECK(set.images[1].picture.file == folder.path() / "sub" / "c.jpg");
  CHECK(set.images[1].captions == std::vector<std::string>{"a cat, asleep"});
  CHECK(set.images[1].split == Split::kDev);
  CHECK(set.remarks.empty());
}

TEST_CASE("other names of the two columns are understood") {
  for (const char* header : {"filename,text", "file,title", "path,caption", "filepath,caption"}) {
    CHECK(TableFolder(std::string(header) + "\na.jpg,a dog\n").read().images.size() == 1);
  }
}

TEST_CASE("without a split column the split follows the picture and a remark says so") {
  const CaptionSet set = TableFolder("image,caption\na.jpg,one\nb.jpg,two\na.jpg,three\n").read();
  CHECK(set.images[0].split == split_by_hash("a.jpg"));
  CHECK(set.images[1].split == split_by_hash("b.jpg"));
  CHECK(has_remark(set, "80 / 10 / 10"));
  CHECK(set.splits_made);
}

TEST_CASE("pictures that are not there are left out and named unless all of them are") {
  const CaptionSet set =
      TableFolder("image,caption,split\na.jpg,one,train\nx.jpg,two,train\ny.jpg,three,test\n").read();
  CHECK(set.images.size() == 1);
  CHECK(has_remark(set, "pictures that are not there were left out: 2 (data.csv: line 3 x.jpg, line 4 y.jpg)"));
  refuses("image,caption\nx.jpg,one\ny.jpg,two\n",
          "expected pictures that exist and have captions, found none; pictures that are not there were left out: 2 "
          "(data.csv: line 2 x.jpg, line 3 y.jpg)");
}

TEST_CASE("an id given to two pictures stays with the first and the other is named by its line") {
  const CaptionSet set = TableFolder("image,caption,image_id\na.jpg,one,7\nb.jpg,two,7\na.jpg,three,7\n").read();
  REQUIRE(set.images.size() == 1);
  CHECK(set.images[0].captions == std::vector<std::string>{"one", "three"});
  CHECK(has_remark(set, "pictures listed a second time were left out: 1 (data.csv: line 3 7)"));
}

TEST_CASE("a table in the current folder needs no path in front of its name") {
  const TableFolder folder("image,caption\na.jpg,one\nsub/c.jpg,two\n");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  std::size_t pictures = 0;
  CHECK_NOTHROW(pictures = read_table("data.csv", TableFormat::kCsv).images.size());
  std::filesystem::current_path(before);
  CHECK(pictures == 2);
}

TEST_CASE("quotes and line ends of Windows and a byte order mark change no caption") {
  const CaptionSet set =
      TableFolder("\xEF\xBB\xBFimage,caption\r\na.jpg,\"a \"\"red\"\" dog,\r\nrunning\"\r\nb.jpg,a cat\r\n").read();
  REQUIRE(set.images.size() == 2);
  CHECK(set.images[0].captions == std::vector<std::string>{"a \"red\" dog, running"});
  CHECK(set.images[1].captions == std::vector<std::string>{"a cat"});
}

TEST_CASE("blank captions are left out and counted") {
  const CaptionSet set =
      TableFolder("image,caption,split\na.jpg,one,train\na.jpg,  ,train\nb.jpg,\xC2\xA0,test\n").read();
  CHECK(set.caption_count() == 1);
  CHECK(has_remark(set, "blank captions were left out: 2 (data.csv: line 3, line 4)"));
  CHECK(has_remark(set, "pictures without a caption were left out: 1 (data.csv: line 4 b.jpg)"));
}

TEST_CASE("a caption of a million characters is left out and right-to-left text stays") {
  const std::string arabic = "\xD9\x83\xD9\x84\xD8\xA8";
  const CaptionSet set =
      TableFolder("image,caption,split\na.jpg," + arabic + ",train\na.jpg," + std::string(1'000'000, 'x') + ",train\n")
          .read();
  CHECK(set.images[0].captions == std::vector<std::string>{arabic});
  CHECK(has_remark(set, "captions of more than 65536 bytes"));
}

TEST_CASE("absolute paths are taken and paths that climb out are left out") {
  const TableFolder other("image,caption\n");
  const std::string absolute = (other.path() / "b.jpg").string();
  CHECK(TableFolder("image,caption\n" + absolute + ",one\n").read().images[0].picture.file == absolute);
  const CaptionSet set = TableFolder("image,caption\na.jpg,ok\nsub/../../secret.jpg,one\n../../etc/passwd,x\n").read();
  CHECK(set.images.size() == 1);
  CHECK(has_remark(set,
                   "rows whose picture is outside the folder of the file were left out: 2 (data.csv: line 3, line 4)"));
  CHECK(TableFolder("image,caption\nsub/../a.jpg,one\n").read().images[0].id == "a.jpg");
}

TEST_CASE("a table that is no table of captions is refused in a sentence") {
  refuses("", "found an empty file");
  refuses("image,caption\n", "expected rows under the names of the columns, found none");
  refuses(
      "picture,caption\na.jpg,one\n",
      "expected a column \"image\" (or filename, file_name, file, path, filepath, image_path, image_name), or its name "
      "in --image-column, found \"picture\", \"caption\"");
  refuses("image,label\na.jpg,one\n",
          "expected a column \"caption\" (or captions, text, title), or its name in --caption-column, found \"image\", "
          "\"label\"");
  refuses("image,caption,split\na.jpg,one,training\n", "as the split on line 2, found \"training\"");
  refuses("image,caption,split\na.jpg,one,train\nb.jpg,x,test\na.jpg,two,test\n",
          "expected one split for \"a.jpg\", found train above line 4 and test there");
  refuses("image,caption\na.jpg,\"cut", "expected a closing quote for the one on line 2, found the end of the file");
  CHECK_THROWS_WITH_AS(read_table("nowhere.csv", TableFormat::kCsv), doctest::Contains("nowhere.csv"), FileError);
}

TEST_CASE("tabs and JSON lines make the same table") {
  const TableFolder folder("");
  write_file(folder / "data.tsv",
             "image\tcaption\tsplit\na.jpg\ta dog, asleep\ttrain\nsub/c.jpg\t\"two\nlines\"\ttest\n");
  const CaptionSet tsv = read_table(folder / "data.tsv", TableFormat::kTsv);
  REQUIRE(tsv.images.size() == 2);
  CHECK(tsv.name == "tsv");
  CHECK(tsv.images[0].captions == std::vector<std::string>{"a dog, asleep"});
  CHECK(tsv.images[1].captions == std::vector<std::string>{"two lines"});

  write_file(folder / "data.jsonl",
             "\xEF\xBB\xBF{\"file_name\": \"a.jpg\", \"captions\": [\"a dog\", \"the dog\"], \"width\": 3}\r\n\n"
             "{\"captions\": [\"a \\u00e4\"], \"file_name\": \"b.jpg\"}\n{\"file_name\": \"b.jpg\", \"captions\": "
             "\"one more\"}\n");
  const CaptionSet jsonl = read_table(folder / "data.jsonl", TableFormat::kJsonl);
  REQUIRE(jsonl.images.size() == 2);
  CHECK(jsonl.images[0].captions == std::vector<std::string>{"a dog", "the dog"});
  CHECK(jsonl.images[1].captions == std::vector<std::string>{"a ä", "one more"});
  CHECK(jsonl.splits_made);
  CHECK(read_table(folder / "data.jsonl", TableFormat::kJsonl, {.split = Split::kTest}).images[1].split ==
        Split::kTest);
}

TEST_CASE("a line of JSON has as many captions as its caption column has texts, whatever lists stand beside it") {
  const TableFolder folder("");
  const auto read = [&](const std::string& lines) {
    write_file(folder / "data.jsonl", lines);
    return read_table(folder / "data.jsonl", TableFormat::kJsonl);
  };
  const CaptionSet tagged = read(R"({"image": "a.jpg", "caption": "a dog", "tags": ["x", "y", "z"]}
{"image": "b.jpg", "captions": ["unread"], "tags": [], "caption": "a cat"})");
  REQUIRE(tagged.images.size() == 2);
  CHECK(tagged.images[0].captions == std::vector<std::string>{"a dog"});
  CHECK(tagged.images[1].captions == std::vector<std::string>{"a cat"});
  CHECK(has_remark(tagged, "no split was given"));
  CHECK(tagged.defects.empty());
  const CaptionSet both = read(R"({"image": "a.jpg", "tags": ["x", "y"], "captions": ["a dog", "the dog"]})");
  CHECK(both.images[0].captions == std::vector<std::string>{"a dog", "the dog"});
}

TEST_CASE("what a line of JSON has in place of captions is counted by what it is") {
  const TableFolder folder("");
  write_file(folder / "data.jsonl", R"({"image": "a.jpg", "captions": ["a dog", 7, null, "the dog"]}
{"image": "b.jpg", "captions": []}
{"image": "b.jpg", "captions": {"en": "a cat"}}
{"image": "b.jpg", "caption": "under another name"}
{"image": "b.jpg", "captions": null}
{"file": "b.jpg", "captions": "a cat"})");
  // "caption" comes before "captions" among the names: here one line alone has it, and so all
  // others are without.
  const CaptionSet first = read_table(folder / "data.jsonl", TableFormat::kJsonl);
  CHECK(first.caption_count() == 1);
  CHECK(has_remark(first,
                   "lines without the key \"caption\" that other lines have were left out: 4 (data.jsonl: line 1, line "
                   "2, line 3 and 1 more)"));
  CHECK(
      has_remark(first, "lines without the key \"image\" that other lines have were left out: 1 (data.jsonl: line 6)"));
  write_file(folder / "data.jsonl", R"({"image": "a.jpg", "captions": ["a dog", 7, null, "the dog"]}
{"image": "b.jpg", "captions": []}
{"image": "b.jpg", "captions": {"en": "a cat"}}
{"image": "b.jpg"}
{"image": "b.jpg", "captions": null})");
  const CaptionSet set = read_table(folder / "data.jsonl", TableFormat::kJsonl);
  REQUIRE(set.images.size() == 1);
  CHECK(set.images[0].captions == std::vector<std::string>{"a dog", "the dog"});
  CHECK(has_remark(set, "entries of lists of captions that are no text were left out: 2 (data.jsonl: line 1, line 1)"));
  CHECK(has_remark(set, "lines whose list of captions is empty were left out: 1 (data.jsonl: line 2)"));
  CHECK(has_remark(set, "lines whose caption is an object were left out: 1 (data.jsonl: line 3)"));
  CHECK(has_remark(set,
                   "lines without the key \"captions\" that other lines have were left out: 1 (data.jsonl: line 4)"));
  CHECK(has_remark(set, "blank captions were left out: 1 (data.jsonl: line 5)"));
}

TEST_CASE("quotes of the caption's own refuse no table between tabs") {
  const TableFolder folder("");
  write_file(folder / "data.tsv", "image\tcaption\na.jpg\t\"Stop\" says the sign\nb.jpg\t\"a cat\"\n");
  const CaptionSet set = read_table(folder / "data.tsv", TableFormat::kTsv);
  REQUIRE(set.images.size() == 2);
  CHECK(set.images[0].captions == std::vector<std::string>{"\"Stop\" says the sign"});
  CHECK(set.images[1].captions == std::vector<std::string>{"a cat"});
}

TEST_CASE("rows that cannot be used are left out and counted by line") {
  const CaptionSet set = TableFolder(
                             "image,caption,split\na.jpg,one,train\n,two,train\na.jpg,caf\xE9,train\nb.jpg,three, or "
                             "four,train\ncaf\xE9.jpg,five,train\n")
                             .read();
  REQUIRE(set.images.size() == 1);
  CHECK(set.images[0].captions == std::vector<std::string>{"one"});
  CHECK(has_remark(set, "rows without a picture were left out: 1 (data.csv: line 3)"));
  CHECK(has_remark(set, "captions that are not UTF-8 were left out: 1 (data.csv: line 4)"));
  CHECK(has_remark(set, "rows with another number of fields than the first were left out: 1 (data.csv: line 5)"));
  CHECK(has_remark(set, "pictures whose names are not UTF-8 were left out: 1 (data.csv: line 6 caf\\xE9.jpg)"));
}

TEST_CASE("JSON lines that cannot be used are left out and counted by line") {
  const TableFolder folder("");
  const std::string good = "{\"image\": \"a.jpg\", \"caption\": \"a dog\"}\n";
  const auto read = [&](const std::string& lines) {
    write_file(folder / "data.jsonl", lines);
    return read_table(folder / "data.jsonl", TableFormat::kJsonl);
  };
  CHECK(read(good).defects.empty());
  const CaptionSet set =
      read(good + "{\"a\": [\"x\"], \"b\": [\"y\"]}\n[1]\n{\"image\": \"\xE4\"}\n{\"image\": \"a.jpg\"");
  CHECK(set.images.size() == 1);
  CHECK(has_remark(set, "lines without the key \"image\" that other lines have were left out: 1 (data.jsonl: line 2)"));
  CHECK(has_remark(set, "lines that are no JSON object were left out: 2 (data.jsonl: line 3, line 5)"));
  CHECK(has_remark(set, "lines that are not UTF-8 were left out: 1 (data.jsonl: line 4)"));
  CHECK_THROWS_WITH_AS(read("{\"picture\": \"a.jpg\"}\n"), doctest::Contains("a column \"image\""), FileError);
  CHECK_THROWS_WITH_AS(read("\n"), doctest::Contains("an empty file"), FileError);
}
