#include "tandem/base/joined_text.h"

#include <doctest/doctest.h>

#include <map>
#include <vector>

using namespace tandem;

TEST_CASE("texts are joined with the separator between each two and nowhere else") {
  CHECK(joined_text(std::vector<std::string>{}, ", ").empty());
  CHECK(joined_text(std::vector<std::string>{"one"}, ", ") == "one");
  CHECK(joined_text(std::vector<std::string>{"one", "two", "three"}, ", ") == "one, two, three");
  CHECK(joined_text(std::vector<std::string>{"", "", "x"}, "|") == "||x");
  const std::map<std::string, int> numbers = {{"a", 1}, {"b", 2}};
  CHECK(joined_text(numbers, "; ", [](const auto& one) { return one.first + "=" + std::to_string(one.second); }) ==
        "a=1; b=2");
}
