#include "tandem/parsing/csv_rows.h"

#include <doctest/doctest.h>

#include "growth.h"
#include "tandem/base/errors.h"

using namespace tandem;

namespace {

using Fields = std::vector<std::string>;

}  // namespace

TEST_CASE("quoted fields hold commas and line ends and quotes") {
  const auto rows = parse_csv("a,\"b, c\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",,\"\"\n", "x.csv");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].fields == Fields{"a", "b, c", "say \"hi\""});
  CHECK(rows[1].fields == Fields{"two\nlines", "", ""});
  CHECK(rows[1].line == 2);
}

TEST_CASE("a byte order mark and empty lines and a missing last line end make no difference") {
  const auto rows = parse_csv("\xEF\xBB\xBFimage,caption\r\n\r\n\na.jpg,a dog", "x.csv");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].fields == Fields{"image", "caption"});
  CHECK(rows[1].fields == Fields{"a.jpg", "a dog"});
  CHECK(rows[1].line == 4);
  CHECK(parse_csv("", "x.csv").empty());
}

TEST_CASE("a quote inside a plain field is a character") {
  CHECK(parse_csv("a 5\" disk,b", "x.csv")[0].fields == Fields{"a 5\" disk", "b"});
  CHECK(parse_csv("a,", "x.csv")[0].fields == Fields{"a", ""});
}

TEST_CASE("blanks around quotes are no part of a field") {
  CHECK(parse_csv("a.jpg, \"a dog, asleep\"\n", "x.csv")[0].fields == Fields{"a.jpg", "a dog, asleep"});
  CHECK(parse_csv("a.jpg,\t \"say \"\"hi\"\"\" ,c\r\n", "x.csv")[0].fields == Fields{"a.jpg", "say \"hi\"", "c"});
  CHECK(parse_csv("\"a\" ,\"b\"\t\n", "x.csv")[0].fields == Fields{"a", "b"});
}

TEST_CASE("quotes behind a blank that are none of the format's are characters") {
  CHECK(parse_csv("a, \"Go\" it says,c", "x.csv")[0].fields == Fields{"a", " \"Go\" it says", "c"});
  const auto rows = parse_csv("a, \"never closed\nb,24\",\n", "x.csv");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].fields == Fields{"a", " \"never closed"});
  CHECK(rows[1].line == 2);
}

TEST_CASE("between tabs a quote is a character unless a whole field is in quotes") {
  const auto fields = [](const std::string& line) { return parse_csv(line, "x.tsv", '\t')[0].fields; };
  CHECK(fields("a.jpg\t\"Stop\" says the sign\n") == Fields{"a.jpg", "\"Stop\" says the sign"});
  CHECK(fields("a.jpg\t\"Stop says the sign\n") == Fields{"a.jpg", "\"Stop says the sign"});
  CHECK(fields("a.jpg\t\"a \"\"red\"\" dog, \tasleep\"\tx\n") == Fields{"a.jpg", "a \"red\" dog, \tasleep", "x"});
  CHECK(fields("a.jpg\t\"two\nlines\"\n") == Fields{"a.jpg", "two\nlines"});
  const auto rows =
      parse_csv("a\t\"Stop\nb\tof 24\"\nc\td\n", "x.tsv", '\t');  // a quote above is not closed by an inch below
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].fields == Fields{"a", "\"Stop"});
  CHECK(rows[1].fields == Fields{"b", "of 24\""});
  CHECK(rows[2].line == 3);
}

TEST_CASE("a malformed table is refused with the line") {
  CHECK_THROWS_WITH_AS(parse_csv("a,b\nc,\"d\ne,f\n", "x.csv"),
                       "x.csv: expected a closing quote for the one on line 2, found the end of the file", FileError);
  CHECK_THROWS_WITH_AS(parse_csv("a,b\n\"c\"d,e\n", "x.csv"),
                       "x.csv: expected a separator or a line end after the closing quote on line 2, found more text",
                       FileError);
}

TEST_CASE("rows of other lengths and bytes of any kind are handed on") {
  const auto rows = parse_csv("a,b\nc\ne,f,caf\xE9\n", "x.csv");
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].fault == "");
  CHECK(rows[1].fields == Fields{"c"});
  CHECK(rows[1].fault == "rows with another number of fields than the first");
  CHECK(rows[2].fields == Fields{"e", "f", "caf\xE9"});
}

TEST_CASE("a line of fields comes back as it was, whatever is in them") {
  const Fields fields = {"plain", "", "a, b", "say \"hi\"", "two\r\nlines", "\"", " spaces ", "=1+1", "caf\xC3\xA9"};
  const auto rows = parse_csv(csv_line(fields) + csv_line({"1", "2", "3", "4", "5", "6", "7", "8", "9"}), "x.csv");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].fields == fields);
  CHECK(rows[1].fault.empty());
}

TEST_CASE("the work for a table grows as its columns and its rows do" * doctest::test_suite("slow")) {
  const auto columns = [](std::size_t count) {
    const auto rows = parse_csv(std::string(count - 1, ',') + "\n1,2\n", "x.csv");
    CHECK(rows.front().fields.size() == count);
  };
  CHECK(tests::growth_over_tenfold(200000, columns) < tests::kMuchMoreThanLinear);
  const auto rows_of_one_column = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "a dog\n";
    CHECK(parse_csv(text, "x.csv").size() == count);
  };
  CHECK(tests::growth_over_tenfold(200000, rows_of_one_column) < tests::kMuchMoreThanLinear);
}
