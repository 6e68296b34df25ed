#include "tandem/training/pair_order.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/sort.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <set>

#include "training/toy_pairs.h"

using namespace tandem;

TEST_CASE("a derangement moves everyone and keeps everyone") {
  for (const std::int64_t n : {2, 3, 10, 1000}) {
    const std::vector<std::int64_t> moved = derangement(n, 7);
    CHECK(std::set<std::int64_t>(moved.begin(), moved.end()).size() == static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) CHECK(moved[i] != i);
  }
  CHECK_THROWS_AS(derangement(1, 7), c10::ValueError);
}

TEST_CASE("every epoch has its own order of all captions and the same one every time") {
  const TrainOptions options = tests::toy_options();
  const TrainingPairs pairs = training_pairs(tests::toy_pairs(50, 10), options);
  CHECK(pairs.batches == 1);
  const at::Tensor first = epoch_order(pairs, options, 1);
  CHECK(at::equal(std::get<0>(at::sort(first)), at::arange(100, at::kLong)));
  CHECK(at::equal(first, epoch_order(pairs, options, 1)));
  CHECK(!at::equal(first, epoch_order(pairs, options, 2)));
}

TEST_CASE("a batch larger than the data is all of it") {
  TrainOptions options = tests::toy_options();
  options.batch_size = 1000;
  const TrainingPairs pairs = training_pairs(tests::toy_pairs(50, 10), options);
  CHECK(pairs.batch_size == 100);
  CHECK(pairs.batches == 1);
}
