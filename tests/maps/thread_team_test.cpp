#include "tandem/maps/thread_team.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <vector>

using tandem::ThreadTeam;

TEST_CASE("a team does every item once however often it is asked") {
  for (const int threads : {1, 2, 5}) {
    ThreadTeam team(threads);
    for (std::int64_t count = 0; count < 200; ++count) {
      std::vector<int> done(static_cast<std::size_t>(count), 0);
      team.split(count, 7, [&](std::int64_t begin, std::int64_t end, int thread) {
        CHECK((thread >= 0 && thread < threads));
        for (std::int64_t i = begin; i < end; ++i) ++done[static_cast<std::size_t>(i)];
      });
      CHECK(std::accumulate(done.begin(), done.end(), std::int64_t{0}) == count);
      CHECK((count == 0 || *std::min_element(done.begin(), done.end()) == 1));
    }
  }
}

TEST_CASE("work below the grain stays on the calling thread") {
  ThreadTeam team(4);
  int calls = 0;
  team.split(9, 5, [&](std::int64_t begin, std::int64_t end, int thread) {
    ++calls;
    CHECK(begin == 0);
    CHECK(end == 9);
    CHECK(thread == 0);
  });
  CHECK(calls == 1);
}
