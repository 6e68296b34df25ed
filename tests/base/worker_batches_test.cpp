#include "tandem/base/worker_batches.h"

#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <stdexcept>
#include <vector>

using tandem::for_each_batch;

TEST_CASE("every batch is worked on once whatever the number of threads") {
  for (const int threads : {0, 1, 3, 50}) {
    std::vector<std::atomic<int>> times(37);
    std::int64_t finished = 0;
    for_each_batch(37, threads, [&](std::int64_t i) { ++times[i]; }, [&](std::int64_t) { ++finished; });
    for (const auto& count : times) CHECK(count == 1);
    CHECK(finished == 37);
  }
}

TEST_CASE("the first failure stops the work and reaches the caller") {
  std::atomic<int> worked = 0;
  const auto work = [&](std::int64_t i) {
    ++worked;
    if (i == 3) throw std::runtime_error("batch 3");
  };
  CHECK_THROWS_WITH_AS(for_each_batch(100000, 2, work), "batch 3", std::runtime_error);
  CHECK(worked < 100000);
}

TEST_CASE("the number of threads for single operators is left as it was") {
  const int before = at::get_num_threads();
  for_each_batch(4, 2, [](std::int64_t) {});
  CHECK(at::get_num_threads() == before);
}

TEST_CASE("batches that are done when it is asked to stop are the first ones, and none is begun afterwards") {
  for (const int threads : {1, 4}) {
    for (int asks = 0; asks < 12; ++asks) {
      std::atomic<int> left = asks;
      std::array<std::atomic<int>, 20> done = {};
      const std::int64_t count = for_each_batch(
          20, threads, [&](std::int64_t i) { ++done[static_cast<std::size_t>(i)]; }, {}, [&] { return left-- <= 0; });
      CHECK(count <= asks);
      for (std::int64_t i = 0; i < 20; ++i) CHECK(done[static_cast<std::size_t>(i)] == (i < count ? 1 : 0));
      if (threads == 1) CHECK(count == asks);
    }
  }
  CHECK(for_each_batch(7, 3, [](std::int64_t) {}) == 7);
}
