#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/parsing/json_walk.h"
#include "tandem/parsing/jsonl_rows.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::ScratchFolder;

namespace {

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

}  // namespace

TEST_CASE("a line of JSON of many levels is a faulty row among good ones") {
  const auto rows = parse_jsonl("{\"a\": \"1\"}\n{\"a\": " + nested(100000) + "}\n" + std::string(3000000, '{') +
                                "\n{\"a\": \"2\"}\n");
  REQUIRE(rows.size() == 5);
  CHECK(rows[1].fault.empty());
  CHECK(rows[2].fault == "lines that are no JSON object");
  CHECK(rows[3].fault == "lines that are no JSON object");
  CHECK(rows[4].fields[0] == "2");
}

TEST_CASE("a line of more than a thousand keys is faulty and so is one whose keys are too many for the file") {
  const auto line_with = [](int first, int count) {
    std::string line = "{\"image\": \"a.jpg\"";
    for (int i = first; i < first + count; ++i) line += ", \"k" + std::to_string(i) + "\": 1";
    return line + "}\n";
  };
  const auto rows =
      parse_jsonl(line_with(0, 998) + line_with(0, 1000) + line_with(0, 200000) + line_with(2000, 2) + line_with(5, 2));
  REQUIRE(rows.size() == 6);
  CHECK(rows[0].fields.size() == 1000);
  CHECK(rows[1].fault.empty());
  CHECK(rows[2].fault == "lines of more than 1,000 keys");
  CHECK(rows[3].fault == "lines of more than 1,000 keys");
  CHECK(rows[4].fault == "lines with keys beyond the first 1,000 of the file");
  CHECK(rows[5].fault.empty());
}

TEST_CASE("a walk over JSON of many levels is refused") {
  const ScratchFolder folder;
  write_file(folder / "a.json", nested(256));
  walk_json(folder / "a.json", {});
  write_file(folder / "a.json", nested(1000000));
  CHECK_THROWS_WITH_AS(walk_json(folder / "a.json", {}),
                       doctest::Contains("expected JSON of at most 256 levels, found more"), FileError);
}
