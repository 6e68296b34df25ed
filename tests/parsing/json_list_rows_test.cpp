#include "tandem/parsing/json_list_rows.h"

#include <doctest/doctest.h>

#include <string>

#include "tandem/base/errors.h"
#include "tandem/parsing/jsonl_rows.h"

using namespace tandem;

namespace {

using Fields = std::vector<std::string>;

std::vector<CsvRow> list_rows(const std::string& text, const ColumnChoice& choice = {}) {
  return parse_json_list(text, "x.json", choice);
}

}  // namespace

TEST_CASE("a list of objects gives the rows that the same objects give as lines") {
  const std::string first = R"({"image": "a.jpg", "captions": ["a [dog]", "\"the\", dog}"], "n": 3, "x": {"y": [1]}})";
  const std::string second = R"({"captions": "a cat, asleep", "image": "b.jpg", "z": null})";
  const auto list = list_rows("\xEF\xBB\xBF \n[\n " + first + ",\n" + second + " ]\n\n");
  const auto lines = parse_jsonl(first + "\n" + second + "\n");
  REQUIRE(list.size() == lines.size());
  REQUIRE(list.size() == 4);
  for (std::size_t i = 0; i < list.size(); ++i) {
    CHECK(list[i].fields == lines[i].fields);
    CHECK(list[i].line == lines[i].line);
    CHECK(list[i].fault.empty());
  }
  CHECK(list[1].fields[1] == "a [dog]");
}

TEST_CASE("an item that is no object is a faulty row with its number and costs no other item") {
  const std::string good = R"({"image": "a.jpg", "caption": "a dog"})";
  const auto rows =
      list_rows("[" + good + ", 7, [" + good + "], {\"image\": }, " + good + ", , {\"image\": \"\xE4\"}," +
                std::string(1000, '[') + std::string(1000, ']') + "," + good + "]");
  REQUIRE(rows.size() == 10);
  for (const std::size_t sound : {1, 5, 9}) CHECK(rows[sound].fault.empty());
  for (const std::size_t wrong : {2, 3, 4, 6, 8}) {
    CAPTURE(wrong);
    CHECK(rows[wrong].fault == "items that are no JSON object");
    CHECK(rows[wrong].line == static_cast<std::int64_t>(wrong));
  }
  CHECK(rows[7].fault == "items that are not UTF-8");
}

TEST_CASE("several keys of captions give the captions of all of them") {
  const ColumnChoice choice{.image = "photo", .caption = "short,long"};
  const auto rows =
      list_rows(R"([{"photo": "a.jpg", "short": "dog", "long": ["a dog", "the dog"]}, {"photo": "b.jpg"}])", choice);
  REQUIRE(rows.size() == 5);
  CHECK(rows[1].fields == Fields{"a.jpg", "dog", ""});
  CHECK(rows[2].fields == Fields{"a.jpg", "", "a dog"});
  CHECK(rows[3].fields == Fields{"a.jpg", "", "the dog"});
  CHECK(rows[4].fault == "items without any of the keys of captions that other items have");
}

TEST_CASE("what is no list from beginning to end is refused with its line") {
  const auto refuses_list = [](const std::string& text, const std::string& found) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(list_rows(text), doctest::Contains(found.c_str()), FileError);
  };
  refuses_list("", "x.json: expected a JSON list of objects, found an empty file");
  refuses_list("{}", "found something else");
  refuses_list("[\n{\"a\": 1},\n", "expected one JSON list from beginning to end, found the end of the file on line 3");
  refuses_list("[\"never closed", "found the end of the file on line 1");
  refuses_list("[\"\\", "found the end of the file");
  refuses_list("[{}]\n\n x", "found more behind it on line 3");
  refuses_list("[{}}", "found a closing brace on line 1");
  refuses_list(std::string(1'000'000, '['), "the end of the file");
  CHECK(list_rows("[]").size() == 1);
  CHECK(begins_json_list("\xEF\xBB\xBF\n ["));
  CHECK_FALSE(begins_json_list("{\"a\": []}"));
  CHECK_FALSE(begins_json_list(""));
}
