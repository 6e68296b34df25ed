#include "tandem/storage/json_file.h"

#include <doctest/doctest.h>

#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_depth.h"
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
                       "config.json: expected a field \"width\" of the right type, found the string \"wide\"",
                       FileError);
  CHECK(json_field_or<int>(document, "depth", 7, "config.json") == 7);
}

TEST_CASE("a number is read as it is written or not at all") {
  const Json document = Json::parse(
      R"({"half": 2.5, "two": 2.0, "large": 18446744073709551615, "yes": true, "list": [1, 2.5], "pair": ["a",)"
      R"( 1.5], "tiny": -1, "none": 0})");
  const auto refuses = [&](auto kind, const std::string& name, const std::string& found) {
    std::string words;
    try {
      json_field<decltype(kind)>(document, name, "config.json");
    } catch (const FileError& error) {
      words = error.what();
    }
    CHECK_MESSAGE(words.starts_with("config.json: expected "), words);
    CHECK_MESSAGE(words.find("field \"" + name + "\"") != std::string::npos, words);
    CHECK_MESSAGE(words.ends_with(", found " + found), words);
  };
  refuses(std::int64_t{}, "half", "the number 2.5");
  refuses(std::int64_t{}, "large", "the number 18446744073709551615");
  refuses(int{}, "yes", "true");
  refuses(double{}, "yes", "true");
  refuses(bool{}, "tiny", "the number -1");
  refuses(std::uint64_t{}, "tiny", "the number -1");
  refuses(std::vector<std::int64_t>{}, "list", "the number 2.5");
  refuses(std::pair<std::string, std::int64_t>{}, "pair", "the number 1.5");
  CHECK(json_field<std::int64_t>(document, "two", "config.json") == 2);
  CHECK(json_field<std::uint64_t>(document, "large", "config.json") == 18446744073709551615U);
  CHECK(json_field<double>(document, "tiny", "config.json") == -1);
  CHECK(json_field<std::vector<double>>(document, "list", "config.json").back() == 2.5);
  CHECK(json_integer(document, "tiny", -1, 3, "config.json") == -1);
  CHECK_THROWS_WITH_AS(json_integer(document, "tiny", 0, 3, "config.json"),
                       "config.json: expected \"tiny\" from 0 to 3, found -1", FileError);
  CHECK(json_positive(document, "half", "config.json") == 2.5);
  CHECK_THROWS_WITH_AS(json_positive(document, "none", "config.json"),
                       "config.json: expected \"none\" above 0, found 0", FileError);
}

TEST_CASE("a field that an object has twice is refused and a number beyond all bounds too") {
  const ScratchFolder folder;
  write_file(folder / "a.json", R"({"a": {"b": 1, "c": 2}, "d": [{"b": 1}, {"b": 2}], "b": 3})");
  CHECK(read_json(folder / "a.json").at("a").at("b") == 1);
  write_file(folder / "b.json", R"({"a": {"dog": 1, "cat": 2, "dog": 3}})");
  CHECK_THROWS_WITH_AS(
      read_json(folder / "b.json"),
      doctest::Contains("b.json: expected each field of an object once, found the string \"dog\" twice"), FileError);
  write_file(folder / "c.json", R"({"a": 1e999})");
  CHECK_THROWS_WITH_AS(read_json(folder / "c.json"), doctest::Contains("c.json: expected a JSON document"), FileError);
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

TEST_CASE("JSON of more levels than any document has is refused before a parser sees it") {
  const ScratchFolder folder;
  const auto nested = [](const std::string& open, const std::string& close, std::size_t levels) {
    std::string text;
    for (std::size_t i = 0; i < levels; ++i) text += open;
    for (std::size_t i = 0; i < levels; ++i) text += close;
    return text;
  };
  CHECK(parse_json(nested("[", "]", kDeepestJson), "a.json").is_array());
  for (const std::string& text :
       {nested("[", "]", kDeepestJson + 1), nested("[", "]", 100000), nested("[", "", 5000000),
        nested("{\"a\":[", "]}", 100000),
        "{\"a\": \"" + std::string(10, ']') + "\\\"\", \"b\": " + nested("[", "]", 300) + "}"}) {
    CHECK_THROWS_WITH_AS(parse_json(text, "a.json"), "a.json: expected JSON of at most 256 levels, found more",
                         FileError);
    CHECK(!json_in(text));
    write_file(folder / "a.json", text);
    CHECK_THROWS_WITH_AS(read_json(folder / "a.json"), doctest::Contains("256 levels"), FileError);
    CHECK_THROWS_WITH_AS(read_checked_json(folder / "a.json"), doctest::Contains("256 levels"), FileError);
  }
  CHECK(parse_json("[\"" + std::string(1000, '[') + "\\\"" + std::string(1000, '{') + "\"]", "a.json").size() == 1);
}

TEST_CASE("numbers are read as they are written or not at all") {
  const Json document =
      parse_json(R"({"half": 2.5, "whole": 3.0, "minus": -1, "yes": true, "huge": 1e30, "big": 4294967296,)"
                 R"( "largest": 18446744073709551615,
                                       "list": [1, 2, 2.5], "pair": ["cls", -0.5], "by_name": {"a": 1, "b": 1.5}})",
                 "c.json");
  CHECK(json_field<int>(document, "whole", "c.json") == 3);
  CHECK(json_field<double>(document, "half", "c.json") == 2.5);
  CHECK(json_field<std::uint64_t>(document, "largest", "c.json") == 18446744073709551615u);
  CHECK(json_field<std::int64_t>(document, "big", "c.json") == 4294967296);
  CHECK_THROWS_WITH_AS(
      json_field<int>(document, "half", "c.json"),
      "c.json: expected a whole number from -2147483648 to 2147483647 as field \"half\", found the number 2.5",
      FileError);
  CHECK_THROWS_WITH_AS(json_field<int>(document, "big", "c.json"), doctest::Contains("found the number 4294967296"),
                       FileError);
  CHECK_THROWS_WITH_AS(json_field<int>(document, "yes", "c.json"), doctest::Contains("found true"), FileError);
  CHECK_THROWS_WITH_AS(json_field<std::int64_t>(document, "huge", "c.json"),
                       doctest::Contains("found the number 1e+30"), FileError);
  CHECK_THROWS_WITH_AS(json_field<std::int64_t>(document, "largest", "c.json"),
                       doctest::Contains("found the number 18446744073709551615"), FileError);
  CHECK_THROWS_WITH_AS(json_field<std::uint64_t>(document, "minus", "c.json"), doctest::Contains("found the number -1"),
                       FileError);
  CHECK_THROWS_WITH_AS(json_field_or<std::size_t>(document, "minus", 3, "c.json"),
                       doctest::Contains("a whole number from 0 to"), FileError);
  CHECK_THROWS_WITH_AS(json_field<std::vector<std::int64_t>>(document, "list", "c.json"),
                       doctest::Contains("as field \"list\", found the number 2.5"), FileError);
  CHECK_THROWS_AS((json_field<std::pair<std::string, int>>(document, "pair", "c.json")), FileError);
  CHECK_THROWS_AS((json_field<std::map<std::string, int>>(document, "by_name", "c.json")), FileError);
  CHECK_THROWS_WITH_AS(parse_json("[1e999]", "c.json"), doctest::Contains("number overflow"), FileError);
}
