#include "tandem/fetching/http/patience.h"

#include <doctest/doctest.h>

using namespace tandem;

namespace {

const Patience kQuick{.from_whom = "the hub", .tries = 3, .first_wait_seconds = 0.0001};

}  // namespace

TEST_CASE("a question is asked until it is answered") {
  int asked = 0;
  const int answer = ask_patiently(kQuick, "thing", [&](std::int64_t&) {
    if (++asked < 3) throw HttpFailure("busy", true);
    return 42;
  });
  CHECK(answer == 42);
  CHECK(asked == 3);
}

TEST_CASE("after the last try the complaint names what was asked for, whom, why and how often") {
  const auto never = [](std::int64_t&) -> int { throw HttpFailure("busy", true); };
  CHECK_THROWS_WITH_AS(ask_patiently(kQuick, "thing", never),
                       "thing: expected an answer from the hub, found busy 3 times", FileError);
}

TEST_CASE("a failure that asking again cannot mend ends at once, and so does any other exception") {
  int asked = 0;
  const auto refused = [&](std::int64_t&) -> int {
    ++asked;
    throw HttpFailure("no such host", false);
  };
  CHECK_THROWS_WITH_AS(ask_patiently(kQuick, "thing", refused),
                       "thing: expected an answer from the hub, found no such host", FileError);
  CHECK(asked == 1);
  const auto other = [&](std::int64_t&) -> int {
    ++asked;
    throw std::domain_error("mine");
  };
  CHECK_THROWS_AS(ask_patiently(kQuick, "thing", other), std::domain_error);
  CHECK(asked == 2);
}
