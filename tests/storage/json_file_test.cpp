#include "tandem/storage/json_file.h"

#include <doctest/doctest.h>

#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::ScratchFolder;

TEST_CASE("a field that is missing or of another type is named with its file") {
  const Json document = {{"width", "wide"}, {"height", 3}};
  CHECK(json_field<int>(document, "height", "config.json") == 3);
  CHECK_THROWS_WITH_AS(json_field<int>(document, "depth", "config.json"),
                       "config.json: expected a field \"depth\", found none", FileError);
  CHECK_THROWS_WITH_AS(json_field<int>(document, "width", "config.json"),
                       "config.json: expected a field \"width\" of the right type, found the string \"wide\"", FileError);
  CHECK(json_field_or<int>(document, "depth", 7, "config.json") == 7);
}

TEST_CASE("a document that is not JSON is refused with the place") {
  const ScratchFolder folder;
  write_file(folder / "a.json", "{\"a\": 1,\n oops}");
  CHECK_THROWS_WITH_AS(read_json(folder / "a.json"), doctest::Contains("line 2"), FileError);
  write_file(folder / "b.json", "");
  CHECK_THROWS_WITH_AS(read_json(folder / "b.json"), doctest::Contains("an empty file"), FileError);
}

TEST_CASE("a checked document comes back unchanged and a flipped character is noticed") {
  const ScratchFolder folder;
  const Json document = {{"name", "flickr8k"}, {"images", 8091}};
  write_checked_json(folder / "run.json", document);
  CHECK(read_checked_json(folder / "run.json") == document);

  std::string text = read_file(folder / "run.json");
  text.replace(text.find("8091"), 4, "8092");
  write_file(folder / "run.json", text);
  CHECK_THROWS_WITH_AS(read_checked_json(folder / "run.json"), doctest::Contains("changed or damaged"), FileError);
}

TEST_CASE("a document without a checksum is not taken for a checked one") {
  const ScratchFolder folder;
  write_json(folder / "plain.json", {{"a", 1}});
  CHECK_THROWS_WITH_AS(read_checked_json(folder / "plain.json"), doctest::Contains("\"checksum\""), FileError);
}
