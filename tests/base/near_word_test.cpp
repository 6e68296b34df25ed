#include "tandem/base/near_word.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace tandem;

namespace {

/// The definition, without a table: the last letters are equal, one is changed, one is extra on
/// either side, or the last two are swapped.
std::size_t slow_distance(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.size() + b.size();
  const auto cut = [](std::string_view text, std::size_t letters) { return text.substr(0, text.size() - letters); };
  std::size_t least = slow_distance(cut(a, 1), cut(b, 1)) + (a.back() == b.back() ? 0 : 1);
  least = std::min({least, slow_distance(cut(a, 1), b) + 1, slow_distance(a, cut(b, 1)) + 1});
  const bool swapped = a.size() > 1 && b.size() > 1 && a.back() == b[b.size() - 2] && a[a.size() - 2] == b.back();
  return swapped ? std::min(least, slow_distance(cut(a, 2), cut(b, 2)) + 1) : least;
}

}  // namespace

TEST_CASE("edit_distance is what its definition says") {
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string a(random() % 6, 'a'), b(random() % 6, 'a');
    for (char& c : a) c = static_cast<char>('a' + random() % 3);
    for (char& c : b) c = static_cast<char>('a' + random() % 3);
    CHECK_MESSAGE(edit_distance(a, b) == slow_distance(a, b), a, " ", b);
    CHECK(edit_distance(a, b) == edit_distance(b, a));
  }
}

TEST_CASE("near_word finds a slip of the finger and nothing for another word") {
  const std::vector<std::string> commands = {"encode", "train", "eval", "encoders", "export"};
  CHECK(near_word("trian", commands) == "train");
  CHECK(near_word("Train", commands) == "train");
  CHECK(near_word("encod", commands) == "encode");
  CHECK(near_word("enc", commands) == "encode");
  CHECK(near_word("exprot", commands) == "export");
  CHECK(near_word("evla", commands) == "eval");
  CHECK_FALSE(near_word("fly", commands));
  CHECK_FALSE(near_word("photograph", commands));
  CHECK_FALSE(near_word("", commands));
  CHECK_FALSE(near_word("train", commands));
  CHECK_FALSE(near_word(std::string(100000, 'e'), commands));
}
