#include "tandem/reports/example_pairs.h"

#include <ATen/ops/tensor.h>
#include <doctest/doctest.h>

using namespace tandem;

namespace {

/// Pairs of ten pictures, two captions each; caption j of a picture has rank `rank`.
RankedPair pair(std::int64_t text, std::int64_t rank, double similarity) {
  return {.text = text, .image = text / 2, .similarity = similarity, .rank = rank};
}

std::vector<std::int64_t> texts(const std::vector<RankedPair>& pairs) {
  std::vector<std::int64_t> rows;
  for (const RankedPair& one : pairs) rows.push_back(one.text);
  return rows;
}

using Rows = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("every pair gets its similarity and the rank of its picture") {
  const at::Tensor image = at::tensor({1.0, 0.0, 0.0, 1.0, 0.6, 0.8}, at::kFloat).reshape({3, 2});
  const at::Tensor text = at::tensor({1.0, 0.0, 0.8, 0.6, 0.0, 1.0}, at::kFloat).reshape({3, 2});
  const std::vector<RankedPair> pairs = ranked_pairs(image, text, at::tensor({0, 1, 2}, at::kLong));
  REQUIRE(pairs.size() == 3);
  CHECK(pairs[0].rank == 1);
  CHECK(pairs[1].rank == 3);  // 0.6, after 0.8 and 0.96
  CHECK(pairs[1].similarity == doctest::Approx(0.6));
  CHECK(pairs[2].rank == 2);
  CHECK(pairs[2].image == 2);
}

TEST_CASE("the best, the nearly right and the worst pairs are chosen, one per picture") {
  const std::vector<RankedPair> pairs = {pair(0, 1, 0.5), pair(1, 1, 0.9), pair(2, 1, 0.7), pair(3, 40, 0.1),
                                         pair(4, 2, 0.3), pair(5, 6, 0.8), pair(6, 5, 0.4), pair(7, 40, 0.2)};
  CHECK((texts(best_aligned(pairs, 3)) == Rows{1, 2, 4}));
  CHECK((texts(near_misses(pairs, 9)) == Rows{6, 4}));
  CHECK((texts(worst_aligned(pairs, 2)) == Rows{3, 7}));
  CHECK((texts(worst_aligned(pairs, 100)) == Rows{3, 7, 5, 0}));
  CHECK(best_aligned({}, 3).empty());
}

TEST_CASE("every caption is counted in one share of ranks") {
  std::vector<RankedPair> pairs;
  for (const std::int64_t rank : {1, 2, 5, 6, 10, 11, 100, 101, 4000}) pairs.push_back(pair(0, rank, 0));
  Rows counts;
  for (const RankShare& share : rank_shares(pairs)) counts.push_back(share.count);
  CHECK((counts == Rows{1, 2, 2, 2, 2}));
}
