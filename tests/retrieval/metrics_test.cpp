#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "tandem/retrieval/chance.h"
#include "tandem/retrieval/protocol.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

at::Tensor unit_rows(std::int64_t rows, std::int64_t width, std::uint64_t seed) {
  const at::Tensor x = at::randn({rows, width}, at::detail::createCPUGenerator(seed));
  return x / x.norm(2, {1}, true);
}

at::Tensor partners(std::int64_t images, std::int64_t texts, std::uint64_t seed) {
  const at::Tensor any =
      at::randint(images, {texts - images}, at::detail::createCPUGenerator(seed), at::TensorOptions().dtype(at::kLong));
  return at::cat({any, at::arange(images, at::kLong)});
}

/// AP@R by the definition: the whole list sorted, wrong candidates before right ones they tie with.
double slow_precision(const std::vector<std::pair<double, bool>>& candidates) {
  std::vector<std::pair<double, bool>> sorted = candidates;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.first - (a.second ? kTieMargin : 0) > b.first - (b.second ? kTieMargin : 0);
  });
  const auto right = std::count_if(sorted.begin(), sorted.end(), [](const auto& one) { return one.second; });
  double sum = 0, found = 0;
  for (std::int64_t place = 1; place <= right; ++place) {
    if (sorted[place - 1].second) sum += ++found / static_cast<double>(place);
  }
  return sum / static_cast<double>(right);
}

}  // namespace

TEST_CASE("average precision at R equals the definition over several tiles") {
  const at::Tensor image = unit_rows(270, 6, 1);
  const at::Tensor image_of_text = partners(270, 4200, 3);
  at::Tensor text = image.index_select(0, image_of_text) + 0.3 * unit_rows(4200, 6, 2);
  text = text / text.norm(2, {1}, true);
  const RetrievalRanks ranks = retrieval_ranks(image, text, image_of_text);
  const at::Tensor similarity = image.matmul(text.t());
  const auto partner = image_of_text.accessor<std::int64_t, 1>();
  double mean = 0;
  for (std::int64_t i = 0; i < 270; ++i) {
    std::vector<std::pair<double, bool>> candidates;
    const float* row = similarity.const_data_ptr<float>() + 4200 * i;
    for (std::int64_t j = 0; j < 4200; ++j) candidates.emplace_back(row[j], partner[j] == i);
    CHECK(ranks.image_precision[i] == doctest::Approx(slow_precision(candidates)).epsilon(1e-12));
    mean += ranks.image_precision[i] / 270;
  }
  CHECK(mean > 0.05);  // It would prove little if all were 0.
  CHECK(mean < 0.95);
}

TEST_CASE("distractors count as candidates and never as queries") {
  const at::Tensor image = unit_rows(300, 8, 1);
  const at::Tensor text = unit_rows(700, 8, 2);
  const at::Tensor pairs = partners(300, 700, 3);
  const at::Tensor more_image = unit_rows(290, 8, 4);
  const at::Tensor more_text = unit_rows(4500, 8, 5);
  const RetrievalRanks with = retrieval_ranks(image, text, pairs, {.image = more_image, .text = more_text});
  // The same by one gallery in which the distractors are each other's, of which only the first rows
  // are looked at.
  const at::Tensor other_pairs = partners(290, 4500, 6) + 300;
  const RetrievalRanks whole =
      retrieval_ranks(at::cat({image, more_image}), at::cat({text, more_text}), at::cat({pairs, other_pairs}));
  for (std::int64_t i = 0; i < 300; ++i) {
    CHECK(with.image_to_text[i] == whole.image_to_text[i]);
    CHECK(with.image_precision[i] == whole.image_precision[i]);
  }
  CHECK(std::equal(with.text_to_image.begin(), with.text_to_image.end(), whole.text_to_image.begin()));
  CHECK(with.text_to_image.size() == 700);
  const RetrievalResult result =
      measure_retrieval(image, text, pairs, Protocol::kAll, {.image = more_image, .text = more_text});
  CHECK(result.gallery_images == 590);
  CHECK(result.gallery_captions == 5200);
  CHECK(result.chance.text_to_image.r1 == doctest::Approx(100.0 / 590));
  CHECK(result.image_to_text.mean_rank ==
        doctest::Approx(std::accumulate(with.image_to_text.begin(), with.image_to_text.end(), 0.0) / 300));
}

TEST_CASE("ranks do not depend on the number of threads") {
  const at::Tensor image = unit_rows(700, 8, 1);
  const at::Tensor text = unit_rows(900, 8, 2);
  const at::Tensor pairs = partners(700, 900, 3);
  std::int64_t calls = 0;
  const RetrievalRanks watched = retrieval_ranks(image, text, pairs, {}, [&](std::int64_t done, std::int64_t all) {
    CHECK(done == ++calls);
    CHECK(all == 3);
  });
  CHECK(calls == 3);
  CHECK(watched.text_to_image == retrieval_ranks(image, text, pairs).text_to_image);
}

TEST_CASE("every metric equals scikit-learn's, pytrec_eval's and torch's on the same vectors") {
  const auto file = SafetensorsFile::open(tests::reference_dir() / "retrieval" / "retrieval.safetensors");
  const Json expected = read_json(tests::reference_dir() / "retrieval" / "metrics.json");
  const RetrievalResult result =
      measure_retrieval(file.tensor("image"), file.tensor("text"), file.tensor("image_of_text"), Protocol::kAll);
  for (const auto& [way, summary, ranks] :
       {std::tuple("image_to_text", result.image_to_text, result.ranks.image_to_text),
        std::tuple("text_to_image", result.text_to_image, result.ranks.text_to_image)}) {
    const Json& of_way = expected.at(way);
    for (const std::int64_t k : {1, 3, 5, 10, 40})
      CHECK(recall_at(ranks, k) == doctest::Approx(of_way.at("r" + std::to_string(k)).get<double>()).epsilon(1e-9));
    CHECK(summary.median_rank == of_way.at("median_rank").get<double>());
    CHECK(summary.mean_rank == doctest::Approx(of_way.at("mean_rank").get<double>()).epsilon(1e-9));
    CHECK(summary.reciprocal_rank == doctest::Approx(of_way.at("mrr").get<double>()).epsilon(1e-9));
    CHECK(summary.average_precision == doctest::Approx(of_way.at("map_r").get<double>()).epsilon(1e-9));
    CHECK(summary.ndcg_10 == doctest::Approx(of_way.at("ndcg_10").get<double>()).epsilon(1e-9));
  }
}

TEST_CASE("chance of the reciprocal rank and of mAP at R equal what random orders give") {
  const std::vector<std::int64_t> captions = {1, 2, 5, 3, 1, 4};
  const ChanceLevel chance = chance_level(captions, 3, 4);
  std::vector<std::int64_t> partner;
  for (std::size_t i = 0; i < captions.size(); ++i)
    partner.insert(partner.end(), captions[i], static_cast<std::int64_t>(i));
  partner.insert(partner.end(), 4, -1);
  std::mt19937 random(1);
  double reciprocal = 0, precision = 0, r3 = 0;
  const int rounds = 20000;
  for (int round = 0; round < rounds; ++round) {
    std::shuffle(partner.begin(), partner.end(), random);
    for (std::int64_t i = 0; i < 6; ++i) {
      std::vector<std::pair<double, bool>> candidates;
      for (std::size_t c = 0; c < partner.size(); ++c)
        candidates.emplace_back(-static_cast<double>(c), partner[c] == i);
      const auto first = std::find(partner.begin(), partner.end(), i) - partner.begin();
      reciprocal += 1 / static_cast<double>(first + 1) / (6.0 * rounds);
      r3 += first < 3 ? 100 / (6.0 * rounds) : 0;
      precision += slow_precision(candidates) / (6.0 * rounds);
    }
  }
  CHECK(chance.image_to_text.reciprocal_rank == doctest::Approx(reciprocal).epsilon(0.02));
  CHECK(chance.image_to_text.average_precision == doctest::Approx(precision).epsilon(0.03));
  CHECK(chance.image_to_text_at[2] == doctest::Approx(r3).epsilon(0.02));
  CHECK(chance.text_to_image.average_precision == doctest::Approx(1.0 / 9));
  CHECK(chance.text_to_image_at.size() == 9);
}

TEST_CASE("distractors of another width or with NaN are refused") {
  const at::Tensor image = unit_rows(3, 4, 1);
  const at::Tensor pairs = at::arange(3, at::kLong);
  CHECK_THROWS_WITH_AS(retrieval_ranks(image, image, pairs, {.image = unit_rows(2, 5, 1)}),
                       doctest::Contains("others.image must be [*, 4], got [2, 5]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(retrieval_ranks(image, image, pairs, {.text = image.log().log()}),
                       doctest::Contains("others.text must be finite"), c10::ValueError);
  CHECK_THROWS_WITH_AS(
      measure_retrieval(unit_rows(5000, 2, 1), unit_rows(25000, 2, 1), at::arange(25000, at::kLong).floor_divide(5),
                        Protocol::kCoco5k, {.text = unit_rows(1, 2, 1)}),
      doctest::Contains("galleries of their own"), c10::ValueError);
}
