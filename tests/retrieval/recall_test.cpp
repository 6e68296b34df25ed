#include "tandem/retrieval/recall.h"
#include "tandem/retrieval/chance.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

using namespace tandem;

namespace {

at::Tensor random_unit_rows(std::int64_t rows, std::int64_t width, std::uint64_t seed) {
  const at::Tensor x = at::randn({rows, width}, at::detail::createCPUGenerator(seed));
  return x / x.norm(2, {1}, true);
}

/// A partner for every caption, every picture at least once, in no order.
at::Tensor random_partners(std::int64_t images, std::int64_t texts, std::uint64_t seed) {
  const at::Tensor any =
      at::randint(images, {texts - images}, at::detail::createCPUGenerator(seed), at::TensorOptions().dtype(at::kLong));
  return at::cat({any, at::arange(images, at::kLong)});
}

/// The definition: every similarity looked at, one by one.
RetrievalRanks slow_ranks(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text) {
  const at::Tensor similarity = image.matmul(text.t());
  const auto s = similarity.accessor<float, 2>();
  const auto partner = image_of_text.accessor<std::int64_t, 1>();
  RetrievalRanks ranks;
  for (std::int64_t i = 0; i < image.size(0); ++i) {
    double best = -2;
    for (std::int64_t j = 0; j < text.size(0); ++j) {
      if (partner[j] == i) best = std::max<double>(best, s[i][j]);
    }
    std::int64_t rank = 1;
    for (std::int64_t j = 0; j < text.size(0); ++j) rank += partner[j] != i && s[i][j] >= best - kTieMargin;
    ranks.image_to_text.push_back(rank);
  }
  for (std::int64_t j = 0; j < text.size(0); ++j) {
    std::int64_t rank = 1;
    for (std::int64_t i = 0; i < image.size(0); ++i)
      rank += i != partner[j] && s[i][j] >= s[partner[j]][j] - kTieMargin;
    ranks.text_to_image.push_back(rank);
  }
  return ranks;
}

}  // namespace

TEST_CASE("ranks equal the definition over several tiles and uneven caption counts") {
  const at::Tensor image = random_unit_rows(301, 12, 1);
  const at::Tensor text = random_unit_rows(4300, 12, 2);
  const at::Tensor image_of_text = random_partners(301, 4300, 3);
  const RetrievalRanks fast = retrieval_ranks(image, text, image_of_text);
  const RetrievalRanks slow = slow_ranks(image, text, image_of_text);
  CHECK(fast.image_to_text == slow.image_to_text);
  CHECK(fast.text_to_image == slow.text_to_image);
}

TEST_CASE("ranks do not depend on the order of the captions") {
  const at::Tensor image = random_unit_rows(40, 6, 1);
  const at::Tensor text = random_unit_rows(90, 6, 2);
  const at::Tensor image_of_text = random_partners(40, 90, 3);
  const at::Tensor backwards = at::arange(89, -1, -1, at::kLong);
  const RetrievalRanks there = retrieval_ranks(image, text, image_of_text);
  const RetrievalRanks back =
      retrieval_ranks(image, text.index_select(0, backwards), image_of_text.index_select(0, backwards));
  CHECK(there.image_to_text == back.image_to_text);
  CHECK(std::vector<std::int64_t>(there.text_to_image.rbegin(), there.text_to_image.rend()) == back.text_to_image);
}

TEST_CASE("a model that maps everything to one point gets the worst ranks") {
  const at::Tensor image = at::ones({7, 4}).div(2);
  const at::Tensor text = at::ones({14, 4}).div(2);
  const at::Tensor image_of_text = at::arange(14, at::kLong).div(2, "floor");
  const RetrievalRanks ranks = retrieval_ranks(image, text, image_of_text);
  CHECK(ranks.image_to_text == std::vector<std::int64_t>(7, 13));
  CHECK(ranks.text_to_image == std::vector<std::int64_t>(14, 7));
  CHECK(recall_at(ranks.text_to_image, 5) == 0);
}

TEST_CASE("a tie at the k-th place counts as a miss") {
  at::Tensor image = at::eye(6);
  at::Tensor text = at::eye(6).clone();
  text[1].copy_(text[0]);  // Caption 1 says what caption 0 says, so picture 0 has two equally good captions.
  const RetrievalRanks ranks = retrieval_ranks(image, text, at::arange(6, at::kLong));
  CHECK(ranks.image_to_text[0] == 2);
  CHECK(ranks.text_to_image[0] == 1);
  CHECK(ranks.text_to_image[1] == 6);
  CHECK(ranks.image_to_text[5] == 1);
}

TEST_CASE("the summary gives recall in percent and median and mean rank") {
  const RetrievalSummary summary = summarise_ranks({1, 4, 1, 11});
  CHECK(summary.r1 == 50);
  CHECK(summary.r5 == 75);
  CHECK(summary.r10 == 75);
  CHECK(summary.median_rank == 2.5);
  CHECK(summary.mean_rank == 4.25);
  CHECK(summarise_ranks({3, 1, 2}).median_rank == 2);
}

TEST_CASE("the chance level equals what random orders give") {
  const std::vector<std::int64_t> captions = {1, 2, 5, 5, 3, 1, 4, 2, 2, 5};
  const ChanceLevel chance = chance_level(captions);
  std::vector<std::int64_t> partner;
  for (std::size_t i = 0; i < captions.size(); ++i)
    partner.insert(partner.end(), captions[i], static_cast<std::int64_t>(i));
  std::mt19937 random(1);
  double r1 = 0, mean = 0, back_r5 = 0;
  const int rounds = 4000;
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::int64_t> ranks, back;
    for (std::size_t i = 0; i < captions.size(); ++i) {
      std::vector<std::int64_t> order = partner;
      std::shuffle(order.begin(), order.end(), random);
      ranks.push_back(1 + (std::find(order.begin(), order.end(), static_cast<std::int64_t>(i)) - order.begin()));
      back.push_back(1 + static_cast<std::int64_t>(random() % captions.size()));
    }
    r1 += recall_at(ranks, 1) / rounds;
    mean += summarise_ranks(ranks).mean_rank / rounds;
    back_r5 += recall_at(back, 5) / rounds;
  }
  CHECK(chance.image_to_text.r1 == doctest::Approx(r1).epsilon(0.05));
  CHECK(chance.image_to_text.mean_rank == doctest::Approx(mean).epsilon(0.03));
  CHECK(chance.text_to_image.r5 == doctest::Approx(back_r5).epsilon(0.03));
  CHECK(chance.text_to_image.r1 == doctest::Approx(10));
  CHECK(chance.text_to_image.median_rank == 5);
}

TEST_CASE("chance on a thousand pictures with five captions each is a tenth of a percent text to image") {
  const ChanceLevel chance = chance_level(std::vector<std::int64_t>(1000, 5));
  CHECK(chance.text_to_image.r10 == doctest::Approx(1.0));
  CHECK(chance.image_to_text.r1 == doctest::Approx(0.1));
  CHECK(chance.image_to_text.mean_rank == doctest::Approx(5001.0 / 6));
}

TEST_CASE("retrieval_ranks refuses NaN and pictures without captions and partners out of range") {
  const at::Tensor image = random_unit_rows(3, 4, 1);
  const at::Tensor text = random_unit_rows(3, 4, 2);
  const at::Tensor pairs = at::arange(3, at::kLong);
  at::Tensor broken = text.clone();
  broken[1][2] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(retrieval_ranks(image, broken, pairs),
                       doctest::Contains("text must be finite, got NaN or infinity in row 1"), c10::ValueError);
  CHECK_THROWS_WITH_AS(retrieval_ranks(image, text, at::tensor({0, 0, 1}, at::kLong)),
                       doctest::Contains("none for row 2"), c10::ValueError);
  CHECK_THROWS_WITH_AS(retrieval_ranks(image, text, at::tensor({0, 1, 3}, at::kLong)), doctest::Contains("0 to 2"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(retrieval_ranks(image, random_unit_rows(3, 5, 2), pairs),
                       doctest::Contains("text must be [*, 4], got [3, 5]"), c10::ValueError);
}
