#include "tandem/analysis/slices.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tandem/base/errors.h"

using namespace tandem;

namespace {

std::vector<std::int64_t> members(const std::vector<Slice>& slices, const std::string& group, const std::string& name) {
  for (const Slice& slice : slices) {
    if (slice.group == group && slice.name.starts_with(name)) return slice.members;
  }
  return {};
}

using Rows = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("captions fall into slices by their words and not by parts of words") {
  const std::vector<std::string> captions = {"A RED, ball .", "a boy runs in front of two dogs", "bored man",
                                             "the cat sat", "a front door of wood"};
  const std::vector<Slice> slices = caption_slices(captions, default_word_lists());
  CHECK(members(slices, "colour", "with") == Rows{0});
  CHECK(members(slices, "number", "with") == Rows{1});
  CHECK(members(slices, "action", "with") == Rows{1});
  CHECK(members(slices, "spatial relation", "with") == Rows{1});
  CHECK(members(slices, "spatial relation", "without") == Rows{0, 2, 3, 4});
}

TEST_CASE("lengths go in steps of five words and empty steps are left out") {
  const std::vector<Slice> slices =
      caption_slices({"one", "one two three four five", "one two three four five six",
                      std::string(60, 'x') + " a b c d e f g h i j k l m n o p q r s t u"},
                     {});
  CHECK(members(slices, "caption length", "1 to 5") == Rows{0, 1});
  CHECK(members(slices, "caption length", "6 to 10") == Rows{2});
  CHECK(members(slices, "caption length", "over 20") == Rows{3});
  CHECK(slices.size() == 3);
}

TEST_CASE("pictures fall into thirds and equal values stay together") {
  std::vector<PictureLook> pictures;
  for (int i = 0; i < 9; ++i) pictures.push_back({.brightness = 250.0 - 10 * i, .width = 100, .height = 100});
  pictures.push_back({});  // Nothing is known of this one.
  const std::vector<Slice> slices = picture_slices(pictures);
  CHECK(members(slices, "brightness (mean luma)", "dark (170 to 190)") == Rows{6, 7, 8});
  CHECK(members(slices, "brightness (mean luma)", "bright") == Rows{0, 1, 2});
  CHECK(members(slices, "size (thousand pixels)", "small (10 to 10)").size() == 9);
  CHECK(slices.size() == 4);
  CHECK(picture_slices({{}, {}}).empty());
}

TEST_CASE("the program's word lists are the four kinds") {
  std::vector<std::string> names;
  for (const WordList& list : default_word_lists()) names.push_back(list.name);
  CHECK(names == std::vector<std::string>{"colour", "number", "action", "spatial relation"});
}

TEST_CASE("word lists that cannot be understood are refused by line") {
  const auto refused = [](const std::string& text, const char* said) {
    CHECK_THROWS_WITH_AS(parse_word_lists(text, "w.txt"), doctest::Contains(said), FileError);
  };
  refused("red\n", "w.txt line 1: expected a name in brackets before the first word");
  refused("[a]\n[b]\nx\n", "words below [a]");
  refused("[a]\nx\n[a]\ny\n", "line 3");
  refused("# nothing\n", "a name in brackets");
  CHECK(parse_word_lists("[a] # comment\n In Front  of\n", "w.txt")[0].phrases.count("in front of") == 1);
}
