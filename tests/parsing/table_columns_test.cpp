#include "tandem/parsing/table_columns.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"

using namespace tandem;

namespace {

using Header = std::vector<std::string>;
using Places = std::vector<std::size_t>;

TableColumns columns_of(const Header& header, const ColumnChoice& choice = {}) {
  return find_table_columns(header, choice, "x.csv");
}

void refuses_columns(const Header& header, const ColumnChoice& choice, const std::string& part) {
  CAPTURE(part);
  CHECK_THROWS_WITH_AS(columns_of(header, choice), doctest::Contains(part.c_str()), FileError);
}

}  // namespace

TEST_CASE("usual names are found in any case and order and the first of the list is taken") {
  const TableColumns columns = columns_of({" Text ", "Caption", "file_name", "IMAGE", "class", "split", "image_id"});
  CHECK(columns.image == 3);
  CHECK(columns.captions == Places{1});
  CHECK(columns.label == 4);
  CHECK(columns.split == 5);
  CHECK(columns.id == 6);
  CHECK_FALSE(columns_of({"image", "caption"}).split.has_value());
}

TEST_CASE("columns named caption with numbers hold captions together") {
  CHECK(columns_of({"image", "caption_1", "x", "caption_2", "Caption_10"}).captions == Places{1, 3, 4});
  CHECK(columns_of({"caption0", "caption1", "image"}).captions == Places{0, 1});
  CHECK(columns_of({"image", "caption", "caption.1", "caption 2", "caption-3"}).captions == Places{1, 2, 3, 4});
  CHECK(columns_of({"image", "text_1", "caption_of"}).captions == Places{1});
  CHECK(columns_of({"image", "caption_1", "text"}).captions == Places{1});
}

TEST_CASE("a choice is a name, or a number if no column has that name") {
  const Header header = {"photo", "words", "2", "more, words"};
  CHECK(columns_of(header, {.image = "photo", .caption = "words"}).captions == Places{1});
  CHECK(columns_of(header, {.image = "1", .caption = "2"}).captions == Places{2});
  CHECK(columns_of(header, {.image = "1", .caption = "4"}).captions == Places{3});
  CHECK(columns_of(header, {.image = "PHOTO", .caption = "words, 4,words"}).captions == Places{1, 3});
  CHECK(columns_of(header, {.image = "photo", .caption = "more, words"}).captions == Places{3});
  const TableColumns all = columns_of(header, {.image = "photo", .caption = "words", .split = "2", .label = "4"});
  CHECK(all.split == 2);
  CHECK(all.label == 3);
}

TEST_CASE("columns that are missing, doubled or beyond the last are refused with what was found") {
  refuses_columns({"a", "b"}, {},
                  "x.csv: expected a column \"image\" (or filename, file_name, file, path, filepath, image_path, "
                  "image_name), or its name in --image-column, found \"a\", \"b\"");
  refuses_columns({"image", "b"}, {}, "or its name in --caption-column, found \"image\", \"b\"");
  refuses_columns({"a", "b"}, {.image = "photo"}, "expected a column \"photo\" (--image-column), found \"a\", \"b\"");
  refuses_columns({"a", "b"}, {.image = "1", .caption = "7"},
                  "expected a column 7 (--caption-column), found 2 columns: \"a\", \"b\"");
  refuses_columns({"a", "b"}, {.image = "0", .caption = "2"}, "expected a column 0 (--image-column)");
  refuses_columns({"a", "b"}, {.image = "99999999999999999999999", .caption = "2"}, "found 2 columns");
  refuses_columns({"image", "caption", "split", "caption"}, {},
                  "expected one column \"caption\", or its number in --caption-column, found columns 2 and 4 of that "
                  "name");
  refuses_columns({"image", "image", "caption"}, {}, "one column \"image\", or its number in --image-column");
  refuses_columns({"image", "caption", "x", "x"}, {.split = "x"}, "found columns 3 and 4 of that name");
  refuses_columns({"image", "caption"}, {.caption = " , "}, "a column \"caption\"");
  CHECK(columns_of({"image", "caption", "caption"}, {.caption = "2,3"}).captions == Places{1, 2});
}

TEST_CASE("names that differ only in case are two columns") {
  CHECK(columns_of({"Image", "image", "caption"}).image == 1);
  CHECK(columns_of({"Image", "image", "caption"}, {.image = "Image"}).image == 0);
  refuses_columns({"Image", "IMAGE", "caption"}, {}, "columns 1 and 2 of that name");
}

TEST_CASE("without names the first column holds pictures and the other one of two holds captions") {
  const auto numbered = [](const Header& row, const ColumnChoice& choice) {
    return find_numbered_columns(row, choice, "x.csv");
  };
  CHECK(numbered({"a.jpg", "a dog"}, {}).captions == Places{1});
  const TableColumns turned = numbered({"a dog", "a.jpg"}, {.image = "2"});
  CHECK(turned.image == 1);
  CHECK(turned.captions == Places{0});
  const TableColumns three = numbered({"a.jpg", "a dog", "train"}, {.caption = "2", .split = "3"});
  CHECK(three.captions == Places{1});
  CHECK(three.split == 2);
  CHECK_THROWS_WITH_AS(numbered({"a.jpg", "a dog", "train"}, {}),
                       doctest::Contains("expected the number of the captions' column in --caption-column, because the "
                                         "first row names none, found 3 columns: \"a.jpg\", \"a dog\", \"train\""),
                       FileError);
  CHECK_THROWS_WITH_AS(numbered({"a.jpg", "a dog"}, {.caption = "words"}),
                       doctest::Contains("the number of a column in --caption-column"), FileError);
  CHECK_THROWS_WITH_AS(numbered({"a.jpg", "a dog"}, {.caption = "3"}), doctest::Contains("a column 3"), FileError);
}
