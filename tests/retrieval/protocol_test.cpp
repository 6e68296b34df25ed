#include "tandem/retrieval/protocol.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

using namespace tandem;

namespace {

struct Embedded {
  at::Tensor image, text, image_of_text;
};

/// Pictures with five to seven captions each, in an order that mixes pictures, near enough to be
/// found now and then.
Embedded random_pairs(std::int64_t images, bool few = false) {
  at::manual_seed(3);
  std::vector<std::int64_t> partner;
  for (std::int64_t i = 0; i < images; ++i) {
    for (std::int64_t k = 0; k < (few && i == 17 ? 4 : 5 + i % 3); ++k) partner.push_back(i);
  }
  const at::Tensor order = at::randperm(static_cast<std::int64_t>(partner.size()));
  Embedded e;
  e.image_of_text = at::tensor(partner, at::kLong).index_select(0, order);
  e.image = at::randn({images, 8});
  e.text = e.image.index_select(0, e.image_of_text) + 0.7 * at::randn({e.image_of_text.size(0), 8});
  e.image = e.image / e.image.norm(2, 1, true);
  e.text = e.text / e.text.norm(2, 1, true);
  return e;
}

/// Mean over galleries of recall@k from the text side by the definition: sort all pictures of the
/// gallery.
double slow_text_recall(const Embedded& e, std::int64_t size, std::int64_t k) {
  double sum = 0;
  std::int64_t galleries = 0;
  std::vector<std::int64_t> taken(e.image.size(0), 0);
  std::vector<std::vector<std::int64_t>> kept(e.image.size(0) / size);
  for (std::int64_t j = 0; j < e.text.size(0); ++j) {
    const auto i = e.image_of_text[j].item<std::int64_t>();
    if (taken[i]++ < 5) kept[i / size].push_back(j);
  }
  for (std::int64_t begin = 0; begin < e.image.size(0); begin += size, ++galleries) {
    std::int64_t hits = 0;
    const auto& rows = kept[begin / size];
    const at::Tensor similarity =
        at::matmul(e.text.index_select(0, at::tensor(rows, at::kLong)), e.image.narrow(0, begin, size).t());
    const at::Tensor best = std::get<1>(similarity.topk(k, 1));
    for (std::size_t row = 0; row < rows.size(); ++row) {
      hits += best[row].eq(e.image_of_text[rows[row]] - begin).any().item<bool>() ? 1 : 0;
    }
    sum += 100.0 * static_cast<double>(hits) / static_cast<double>(rows.size());
  }
  return sum / static_cast<double>(galleries);
}

}  // namespace

TEST_CASE("COCO's galleries hold what the protocol says" * doctest::test_suite("slow")) {
  const Embedded e = random_pairs(5000);
  const RetrievalResult five = measure_retrieval(e.image, e.text, e.image_of_text, Protocol::kCoco5k);
  const RetrievalResult one = measure_retrieval(e.image, e.text, e.image_of_text, Protocol::kCoco1k);
  CHECK(five.galleries == 1);
  CHECK(one.galleries == 5);
  for (const RetrievalResult& result : {five, one}) {
    CHECK(result.images == 5000);
    CHECK(result.captions == 25000);
  }
  CHECK(five.text_to_image.r5 == doctest::Approx(slow_text_recall(e, 5000, 5)).epsilon(1e-9));
  CHECK(one.text_to_image.r5 == doctest::Approx(slow_text_recall(e, 1000, 5)).epsilon(1e-9));
  CHECK(one.text_to_image.r1 == doctest::Approx(slow_text_recall(e, 1000, 1)).epsilon(1e-9));
  CHECK(one.text_to_image.r1 > five.text_to_image.r1);
  CHECK(one.chance.text_to_image.r1 == doctest::Approx(0.1));
  CHECK(five.chance.text_to_image.r1 == doctest::Approx(0.02));
}

TEST_CASE("COCO's protocols are refused for other data" * doctest::test_suite("slow")) {
  const Embedded small = random_pairs(100);
  const Embedded few = random_pairs(5000, true);
  CHECK_THROWS_WITH_AS(measure_retrieval(small.image, small.text, small.image_of_text, Protocol::kCoco5k),
                       doctest::Contains("the 5000 test pictures"), c10::ValueError);
  CHECK_THROWS_WITH_AS(measure_retrieval(few.image, few.text, few.image_of_text, Protocol::kCoco1k),
                       doctest::Contains("one has 4"), c10::ValueError);
  const RetrievalResult all = measure_retrieval(small.image, small.text, small.image_of_text, Protocol::kAll);
  CHECK(all.captions == small.text.size(0));
  CHECK(all.text_to_image.r1 ==
        summarise_ranks(retrieval_ranks(small.image, small.text, small.image_of_text).text_to_image).r1);
  CHECK_FALSE(protocol_named("coco"));
}
