#include "tandem/parsing/json_walk.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::ScratchFolder;

namespace {

/// What a walk tells, one thing a line.
struct Told {
  ScratchFolder folder;
  std::string text;

  JsonWalk walk() {
    return {.on_text = [&](std::string_view place,
                           std::string& value) { text += std::string(place) + " \"" + value + "\"\n"; },
            .on_number = [&](std::string_view place,
                             std::int64_t number) { text += std::string(place) + " " + std::to_string(number) + "\n"; },
            .on_real = [&](std::string_view place,
                           double number) { text += std::string(place) + " ~" + std::to_string(number) + "\n"; },
            .on_object_end = [&](std::string_view place) { text += std::string(place) + " }\n"; }};
  }

  std::string of(const std::string& json) {
    text.clear();
    write_file(folder / "x.json", json);
    walk_json(folder / "x.json", walk());
    return text;
  }

  /// "" if the walk takes it, else what was found instead of JSON.
  std::string complaint(const std::string& json) {
    try {
      of(json);
    } catch (const FileError& error) {
      const std::string words = error.what();
      return words.substr(words.find("found ") + 6);
    }
    return "";
  }
};

/// The same by nlohmann's tree.
void tell(const nlohmann::ordered_json& value, const std::string& place, std::string& text) {
  if (value.is_string()) text += place + " \"" + value.get<std::string>() + "\"\n";
  if (value.is_number_integer()) text += place + " " + std::to_string(value.get<std::int64_t>()) + "\n";
  if (value.is_number_float()) text += place + " ~" + std::to_string(value.get<double>()) + "\n";
  if (value.is_array()) {
    for (const auto& one : value) tell(one, place, text);
  }
  if (value.is_object()) {
    for (const auto& [key, one] : value.items()) tell(one, place + "/" + key, text);
    text += place + " }\n";
  }
}

}  // namespace

TEST_CASE("a walk tells of every text and number where it stands") {
  Told told;
  CHECK(told.of("\xEF\xBB\xBF{\"a\": [{\"b\": \"x\", \"c\": [1, -2.5]}, true, null, \"y\"], \"d\": {}}\r\n") ==
        "/a/b \"x\"\n/a/c 1\n/a/c ~-2.500000\n/a }\n/a \"y\"\n/d }\n }\n");
  CHECK(told.of("9223372036854775807") == " 9223372036854775807\n");
  CHECK(told.of("1e3") == " ~1000.000000\n");
  CHECK(told.of("10000000000000000000") == " ~10000000000000000000.000000\n");
}

TEST_CASE("escapes mean what they mean to nlohmann") {
  Told told;
  for (const char* json :
       {R"("\"\\\/\b\f\n\r\t")", R"("caf\u00e9 \u20AC \ud83d\uDE00 \u0041")", "\"caf\xC3\xA9\"", R"("")"}) {
    CHECK(told.of(json) == " \"" + nlohmann::json::parse(json).get<std::string>() + "\"\n");
  }
}

TEST_CASE("what is no JSON is refused with its line") {
  Told told;
  CHECK(told.complaint("").starts_with("the end of the file on line 1, byte 0"));
  CHECK(told.complaint("{\"a\":\n 1").starts_with("the end of the file on line 2, byte 8"));
  CHECK(told.complaint("[1,\n\n 2 3]").starts_with("something else on line 3, byte "));
  CHECK(told.complaint("[\"caf\xE9 au lait\"]").starts_with("text that is not UTF-8 on line 1, byte 7"));
  CHECK(told.complaint("[\"\xC3\xA9\xED\xA0\x80\"]").starts_with("text that is not UTF-8 on line 1, byte 6"));
  CHECK(told.complaint("[1e999]").starts_with("a number that is too large on line 1, byte "));
  for (const char* json : {"[1] 2",       "{\"a\" 1}",   "{a: 1}",      "[01]",           "[1.]",
                           "[.5]",        "[+1]",        "[-]",         "[1e]",           "nul",
                           "[tru]",       "{\"a\":1,}",  "[1,]",        "\"\\x\"",        "\"\\u12\"",
                           "\"\\u12g4\"", "\"\\u+123\"", "\"\\ud800\"", "\"\\ud800\\n\"", "\"\\ud800\\u0041\"",
                           "\"\\udc00\"", "\"a\nb\"",    "\"\\",        "\"\\u",          "'a'",
                           "]",           "\x01"}) {
    CAPTURE(json);
    CHECK(!nlohmann::json::accept(json));
    CHECK(told.complaint(json) != "");
  }
}

TEST_CASE("damaged JSON is taken or refused as nlohmann's tree is, and tells the same" * doctest::test_suite("slow")) {
  Told told;
  const std::string whole =
      R"({"images": [{"id": 7, "file_name": "a\u00e9\n.jpg", "area": -1.5e-3}], "annotations": [{"id": 1,)"
      R"( "caption": "caf)"
      "\xC3\xA9"
      R"(", "ok": [true, null]}]})";
  std::mt19937 dice(5);
  const std::string letters = "{}[]\",:\\u0019eE.+-tfn \n\xC3\xA9\x01";
  int taken = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string json = whole;
    for (unsigned changes = dice() % 3; changes > 0; --changes)
      json[dice() % json.size()] = letters[dice() % letters.size()];
    if (round % 7 == 0) json.resize(dice() % json.size());
    CAPTURE(json);
    const bool sound = nlohmann::json::accept(json);
    REQUIRE((told.complaint(json) == "") == sound);
    if (!sound) continue;
    std::string slow;
    tell(nlohmann::ordered_json::parse(json), "", slow);
    REQUIRE(told.text == slow);
    ++taken;
  }
  CHECK(taken > 500);
}
