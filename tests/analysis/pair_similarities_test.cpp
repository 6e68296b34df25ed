#include "tandem/analysis/pair_similarities.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

at::Tensor unit_of(const at::Tensor& rows) { return rows / rows.norm(2, {1}, true); }
at::Tensor random_unit(std::int64_t rows, std::int64_t width, std::uint64_t seed) {
  return at::randn({rows, width}, at::detail::createCPUGenerator(seed));
}

}  // namespace

TEST_CASE("moments, histograms, overlap and AUC equal NumPy's and scikit-learn's") {
  const auto file = SafetensorsFile::open(tests::reference_dir() / "analysis" / "analysis.safetensors");
  const PairSimilarities found =
      pair_similarities(file.tensor("image"), file.tensor("text"), file.tensor("image_of_text"), 20);
  const at::Tensor wanted = file.tensor("similarity", {6});
  const double numbers[] = {found.aligned.mean,         found.aligned.deviation, found.misaligned.mean,
                            found.misaligned.deviation, found.overlap,           found.auc};
  for (std::int64_t i = 0; i < 6; ++i) CHECK(numbers[i] == doctest::Approx(wanted[i].item<double>()).epsilon(1e-5));
  for (const auto& [side, name] :
       {std::pair{&found.aligned, "histogram.aligned"}, std::pair{&found.misaligned, "histogram.misaligned"}}) {
    for (std::int64_t b = 0; b < 20; ++b) CHECK(side->histogram[b] == file.tensor(name)[b].item<std::int64_t>());
  }
}

TEST_CASE("pair similarities equal their definition over several tiles, ties half") {
  // Coordinates of few values, so that many similarities are equal.
  const at::Tensor image = at::randint(-1, 2, {2051, 3}, at::detail::createCPUGenerator(1)).to(at::kFloat) / 2;
  const at::Tensor text = at::randint(-1, 2, {2100, 3}, at::detail::createCPUGenerator(2)).to(at::kFloat) / 2;
  const at::Tensor pairs = at::arange(2100, at::kLong).remainder(2051);
  const PairSimilarities found = pair_similarities(image, text, pairs);
  const at::Tensor s = image.matmul(text.t()).contiguous();
  const auto value = s.accessor<float, 2>();
  std::vector<std::int64_t> own(13, 0), other(13, 0);  // Similarities are -3/4 to 3/4 in quarters.
  for (std::int64_t i = 0; i < 2051; ++i) {
    for (std::int64_t j = 0; j < 2100; ++j)
      ++(j % 2051 == i ? own : other)[static_cast<std::size_t>(value[i][j] * 4 + 6)];
  }
  double ahead = 0, mean = 0;
  for (std::size_t a = 0; a < 13; ++a) {
    mean += static_cast<double>(own[a]) * (static_cast<double>(a) - 6) / 4 / 2100;
    for (std::size_t b = 0; b < 13; ++b) {
      const double share = (a > b ? 1.0 : 0.0) + (a == b ? 0.5 : 0.0);
      ahead += static_cast<double>(own[a]) * static_cast<double>(other[b]) * share;
    }
  }
  CHECK(found.aligned.pairs == 2100);
  CHECK(found.misaligned.pairs == 2051 * 2100 - 2100);
  CHECK(found.auc == doctest::Approx(ahead / (2100.0 * (2051.0 * 2100 - 2100))).epsilon(1e-12));
  CHECK(found.aligned.mean == doctest::Approx(mean));
  CHECK(found.aligned.largest <= 0.75);
}

TEST_CASE("a perfect space has AUC 1 and no overlap and a collapsed one half and all") {
  const PairSimilarities perfect = pair_similarities(at::eye(5), at::eye(5), at::arange(5, at::kLong));
  CHECK(perfect.auc == 1);
  CHECK(perfect.overlap == 0);
  CHECK(perfect.aligned.mean == 1);
  CHECK(perfect.misaligned.largest == 0);
  const PairSimilarities collapsed =
      pair_similarities(at::ones({5, 4}) / 2, at::ones({5, 4}) / 2, at::arange(5, at::kLong));
  CHECK(collapsed.auc == 0.5);
  CHECK(collapsed.overlap == 1);
}

TEST_CASE("pair similarities do not depend on the order of the captions") {
  const at::Tensor image = unit_of(random_unit(30, 4, 1));
  const at::Tensor text = unit_of(random_unit(70, 4, 2));
  const at::Tensor pairs = at::arange(70, at::kLong).remainder(30);
  const at::Tensor backwards = at::arange(69, -1, -1, at::kLong);
  const PairSimilarities there = pair_similarities(image, text, pairs);
  const PairSimilarities back =
      pair_similarities(image, text.index_select(0, backwards), pairs.index_select(0, backwards));
  CHECK(there.auc == back.auc);
  CHECK(there.aligned.histogram == back.aligned.histogram);
  CHECK(there.misaligned.histogram == back.misaligned.histogram);
}

TEST_CASE("pair similarities refuse a single picture and NaN and partners out of range") {
  const at::Tensor some = unit_of(random_unit(3, 4, 1));
  const at::Tensor pairs = at::arange(3, at::kLong);
  CHECK_THROWS_WITH_AS(pair_similarities(some.narrow(0, 0, 1), some, pairs),
                       doctest::Contains("two pictures and a caption were needed, got 1 and 3"), c10::ValueError);
  CHECK_THROWS_AS(pair_similarities(some / 0, some, pairs), c10::ValueError);
  CHECK_THROWS_WITH_AS(pair_similarities(some, some, pairs + 1), doctest::Contains("rows of image, 0 to 2"),
                       c10::ValueError);
  CHECK_THROWS_AS(pair_similarities(some, some, pairs, 0), c10::ValueError);
}
