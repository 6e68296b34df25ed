#include "tandem/retrieval/caption_ranks.h"

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
#include <cmath>
#include <random>

#include "tandem/retrieval/protocol.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

using Rows = std::vector<std::int64_t>;

at::Tensor rows_of_length_one(std::int64_t rows, std::int64_t width, std::uint64_t seed) {
  const at::Tensor x = at::randn({rows, width}, at::detail::createCPUGenerator(seed));
  return x / x.norm(2, {1}, true);
}

Rows as_rows(const at::Tensor& numbers) {
  return {numbers.const_data_ptr<std::int64_t>(), numbers.const_data_ptr<std::int64_t>() + numbers.size(0)};
}

struct Slow {
  std::int64_t rank = 0;
  double precision = 0, ndcg = 0;
};

/// One list by the definition: sorted as a whole, wrong candidates before right ones they tie with.
Slow slow_list(std::vector<std::pair<double, bool>> candidates) {
  std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    return a.first - (a.second ? kTieMargin : 0) > b.first - (b.second ? kTieMargin : 0);
  });
  const auto right = std::count_if(candidates.begin(), candidates.end(), [](const auto& one) { return one.second; });
  Slow slow;
  double found = 0, gain = 0, best = 0;
  for (std::int64_t place = 1; place <= static_cast<std::int64_t>(candidates.size()); ++place) {
    const double discount = 1 / std::log2(place + 1.0);
    if (place <= std::min<std::int64_t>(right, 10)) best += discount;
    if (!candidates[place - 1].second) continue;
    if (slow.rank == 0) slow.rank = place;
    ++found;
    if (place <= right) slow.precision += found / static_cast<double>(place) / static_cast<double>(right);
    if (place <= 10) gain += discount;
  }
  slow.ndcg = gain / best;
  return slow;
}

/// Embeddings of pictures that share captions, distractors included.
struct Shared {
  at::Tensor image, text, more_image, more_text;
  Rows image_of_text, group, image_of_more, group_of_more;
};

Shared shared_embeddings(std::int64_t images, std::int64_t texts, std::int64_t groups) {
  const auto chance = [](std::uint64_t seed) { return at::detail::createCPUGenerator(seed); };
  const at::TensorOptions whole = at::TensorOptions().dtype(at::kLong);
  Shared s;
  s.image = rows_of_length_one(images, 6, 1);
  const at::Tensor pairs =
      at::cat({at::arange(images, at::kLong), at::randint(images, {texts - images}, chance(2), whole)});
  const at::Tensor noisy = s.image.index_select(0, pairs) + 0.5 * rows_of_length_one(texts, 6, 3);
  s.text = noisy / noisy.norm(2, {1}, true);
  s.more_image = rows_of_length_one(31, 6, 4);
  s.more_text = rows_of_length_one(45, 6, 5);
  s.image_of_text = as_rows(pairs);
  s.group = as_rows(at::randint(groups, {texts}, chance(6), whole));
  s.image_of_more = as_rows(at::randint(31, {45}, chance(7), whole));
  s.group_of_more = as_rows(at::randint(groups, {45}, chance(8), whole));
  return s;
}

void check_list(std::int64_t rank, double precision, double ndcg, const Slow& slow) {
  CHECK(rank == slow.rank);
  CHECK(precision == doctest::Approx(slow.precision).epsilon(1e-12));
  CHECK(ndcg == doctest::Approx(slow.ndcg).epsilon(1e-12));
}

}  // namespace

TEST_CASE("caption_ranks equals the definition over several blocks, with distractors") {
  const Shared s = shared_embeddings(150, 401, 60);
  const RightAnswers right(at::tensor(s.image_of_text, at::kLong), 150, 31,
                           {.of_text = s.group, .of_other = s.group_of_more, .image_of_other = s.image_of_more});
  std::int64_t calls = 0;
  const RetrievalRanks ranks = caption_ranks(s.image, s.text, right, {.image = s.more_image, .text = s.more_text},
                                             [&](std::int64_t done, std::int64_t) { CHECK(done == ++calls); });
  CHECK(calls == 10);
  Rows group = s.group, picture = s.image_of_text;
  group.insert(group.end(), s.group_of_more.begin(), s.group_of_more.end());
  for (const std::int64_t row : s.image_of_more) picture.push_back(150 + row);
  const auto has = [&](std::int64_t image, std::int64_t wanted) {
    for (std::size_t j = 0; j < group.size(); ++j) {
      if (picture[j] == image && group[j] == wanted) return true;
    }
    return false;
  };
  const at::Tensor all_images = at::cat({s.image, s.more_image}), all_texts = at::cat({s.text, s.more_text});
  const at::Tensor similarity = all_images.matmul(all_texts.t());
  const auto cell = similarity.accessor<float, 2>();
  for (std::int64_t i = 0; i < 150; ++i) {
    std::vector<std::pair<double, bool>> list;
    for (std::int64_t j = 0; j < 446; ++j) list.emplace_back(cell[i][j], has(i, group[j]));
    check_list(ranks.image_to_text[i], ranks.image_precision[i], ranks.image_ndcg[i], slow_list(list));
  }
  for (std::int64_t j = 0; j < 401; ++j) {
    std::vector<std::pair<double, bool>> list;
    for (std::int64_t i = 0; i < 181; ++i) list.emplace_back(cell[i][j], has(i, group[j]));
    check_list(ranks.text_to_image[j], ranks.text_precision[j], ranks.text_ndcg[j], slow_list(list));
  }
}

TEST_CASE("with captions that all differ, caption_ranks equals retrieval_ranks") {
  const Shared s = shared_embeddings(130, 300, 5);
  const at::Tensor pairs = at::tensor(s.image_of_text, at::kLong);
  const Distractors others{.image = s.more_image, .text = s.more_text};
  const RetrievalRanks strict = retrieval_ranks(s.image, s.text, pairs, others);
  const RetrievalRanks general = caption_ranks(s.image, s.text, RightAnswers(pairs, 130, 31, {}), others);
  CHECK(general.image_to_text == strict.image_to_text);
  CHECK(general.text_to_image == strict.text_to_image);
  CHECK(general.image_precision == strict.image_precision);
  CHECK(general.image_ndcg == strict.image_ndcg);
  CHECK(strict.text_ndcg.empty());
  CHECK(summarise_ranks(general.text_to_image, general.text_precision, general.text_ndcg).ndcg_10 ==
        doctest::Approx(summarise_ranks(strict.text_to_image).ndcg_10));
}

TEST_CASE("pictures of one caption find each other's, and by the pairs alone they do not") {
  // Pictures 0 and 1 are of dogs, 2 is of a cat; both captions "a dog" are one point.
  const at::Tensor image = at::tensor({1.0F, 0.0F, 1.0F, 0.0F, 0.0F, 1.0F}).view({3, 2});
  const at::Tensor text = image.clone();
  const at::Tensor pairs = at::arange(3, at::kLong);
  const SameCaptions same{.of_text = {0, 0, 1}, .of_other = {}, .image_of_other = {}};
  const RetrievalResult strict = measure_retrieval(image, text, pairs, Protocol::kAll);
  const RetrievalResult shared = measure_retrieval(image, text, pairs, Protocol::kAll, {}, {}, same);
  CHECK(strict.ranks.text_to_image == Rows{2, 2, 1});
  CHECK(shared.ranks.text_to_image == Rows{1, 1, 1});
  CHECK(shared.ranks.image_to_text == Rows{1, 1, 1});
  CHECK(shared.image_to_text.average_precision == 1);
  CHECK(shared.text_to_image.ndcg_10 == doctest::Approx(1));
  // Two of three candidates are right for two of three queries.
  CHECK(shared.chance.text_to_image.r1 == doctest::Approx(100 * (2.0 / 3 + 2.0 / 3 + 1.0 / 3) / 3));
  CHECK(shared.chance.image_to_text.r1 == doctest::Approx(shared.chance.text_to_image.r1));
}

TEST_CASE("a model that maps everything to one point gets the worst ranks, with shared captions too") {
  const at::Tensor image = at::ones({6, 4}).div(2);
  const at::Tensor pairs = at::arange(6, at::kLong);
  const RightAnswers right(pairs, 6, 0, {.of_text = {0, 0, 0, 1, 1, 1}, .of_other = {}, .image_of_other = {}});
  const RetrievalRanks ranks = caption_ranks(image, image, right);
  CHECK(ranks.image_to_text == Rows(6, 4));
  CHECK(ranks.text_to_image == Rows(6, 4));
}

TEST_CASE("every metric with equal captions right equals pytrec_eval's and torch's on the same vectors") {
  const auto file = SafetensorsFile::open(tests::reference_dir() / "retrieval" / "retrieval.safetensors");
  const Json expected = read_json(tests::reference_dir() / "retrieval" / "same_caption.json");
  const at::Tensor same = file.tensor("same_text").contiguous();
  const RetrievalResult result =
      measure_retrieval(file.tensor("image"), file.tensor("text"), file.tensor("image_of_text"), Protocol::kAll, {}, {},
                        {.of_text = as_rows(same), .of_other = {}, .image_of_other = {}});
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

TEST_CASE("chance with equal captions right equals what random embeddings give") {
  const Shared s = shared_embeddings(40, 90, 12);
  const at::Tensor pairs = at::tensor(s.image_of_text, at::kLong);
  const SameCaptions same{.of_text = s.group, .of_other = {}, .image_of_other = {}};
  RetrievalSummary mean;
  ChanceLevel chance;
  const int rounds = 300;
  for (int round = 0; round < rounds; ++round) {
    const auto seed = static_cast<std::uint64_t>(100 + 2 * round);
    const RetrievalResult result = measure_retrieval(
        rows_of_length_one(40, 30, seed), rows_of_length_one(90, 30, seed + 1), pairs, Protocol::kAll, {}, {}, same);
    mean.r5 += result.text_to_image.r5 / rounds;
    mean.mean_rank += result.image_to_text.mean_rank / rounds;
    mean.average_precision += result.text_to_image.average_precision / rounds;
    mean.ndcg_10 += result.image_to_text.ndcg_10 / rounds;
    chance = result.chance;
  }
  CHECK(chance.text_to_image.r5 == doctest::Approx(mean.r5).epsilon(0.03));
  CHECK(chance.image_to_text.mean_rank == doctest::Approx(mean.mean_rank).epsilon(0.03));
  CHECK(chance.text_to_image.average_precision == doctest::Approx(mean.average_precision).epsilon(0.04));
  CHECK(chance.image_to_text.ndcg_10 == doctest::Approx(mean.ndcg_10).epsilon(0.04));
}

TEST_CASE("COCO's five galleries count equal captions within a gallery alone") {
  const at::Tensor image = rows_of_length_one(5000, 4, 1);
  const at::Tensor pairs = at::arange(25000, at::kLong).floor_divide(5);
  const at::Tensor text = rows_of_length_one(25000, 4, 2);
  Rows group;
  for (std::int64_t j = 0; j < 25000; ++j) group.push_back(j % 2500);  // Each text twice in every gallery.
  const RetrievalResult result = measure_retrieval(image, text, pairs, Protocol::kCoco1k, {}, {},
                                                   {.of_text = group, .of_other = {}, .image_of_other = {}});
  CHECK(result.chance.text_to_image.r1 == doctest::Approx(100 * 2.0 / 1000));
  CHECK(result.ranks.text_precision.size() == 25000);
}

TEST_CASE("captions of another width or with NaN are refused by caption_ranks") {
  const at::Tensor image = rows_of_length_one(3, 4, 1);
  const RightAnswers right(at::arange(3, at::kLong), 3, 0, {});
  CHECK_THROWS_WITH_AS(caption_ranks(image, rows_of_length_one(3, 5, 1), right),
                       doctest::Contains("text must be [*, 4], got [3, 5]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(caption_ranks(image, image.log().log(), right), doctest::Contains("text must be finite"),
                       c10::ValueError);
}
