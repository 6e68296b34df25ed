#include "tandem/retrieval/hubness.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

at::Tensor random_unit(std::int64_t rows, std::int64_t width, std::uint64_t seed) {
  return at::randn({rows, width}, at::detail::createCPUGenerator(seed));
}

SafetensorsFile hubness_reference() {
  return SafetensorsFile::open(tests::reference_dir() / "analysis" / "analysis.safetensors");
}

}  // namespace

TEST_CASE("k-occurrence counts every query's k nearest, one by one, over several tiles") {
  const at::Tensor query = random_unit(61, 5, 1),
                   gallery = random_unit(90001, 5, 2);  // More candidates than a tile has values for all queries.
  const std::int64_t k = 3;
  std::vector<std::int64_t> slow(90001, 0);
  for (std::int64_t q = 0; q < 61; ++q) {
    const at::Tensor similarity = gallery.matmul(query[q]).contiguous();
    const float* s = similarity.const_data_ptr<float>();
    std::vector<std::int64_t> order(90001);
    for (std::int64_t i = 0; i < 90001; ++i) order[i] = i;
    std::partial_sort(order.begin(), order.begin() + k, order.end(),
                      [s](std::int64_t a, std::int64_t b) { return s[a] > s[b]; });
    for (std::int64_t i = 0; i < k; ++i) ++slow[order[i]];
  }
  CHECK(at::equal(k_occurrence(query, gallery, k), at::tensor(slow, at::kLong)));
}

TEST_CASE("k-occurrence and its skewness equal scikit-learn's neighbours and SciPy's skew") {
  const SafetensorsFile file = hubness_reference();
  const at::Tensor wanted = file.tensor("hubness", {2});
  const at::Tensor of_image = k_occurrence(file.tensor("text"), file.tensor("image"), 10);
  const at::Tensor of_text = k_occurrence(file.tensor("image"), file.tensor("text"), 10);
  CHECK(at::equal(of_image, file.tensor("occurrence.image")));
  CHECK(at::equal(of_text, file.tensor("occurrence.text")));
  CHECK(summarise_hubness(of_image).skewness == doctest::Approx(wanted[0].item<double>()).epsilon(1e-9));
  CHECK(measure_hubness(file.tensor("image"), file.tensor("text"), 10).skewness ==
        doctest::Approx(wanted[1].item<double>()).epsilon(1e-9));
}

TEST_CASE("one hub skews to the right and a gallery that all queries share evenly does not") {
  const Hubness hub = summarise_hubness(at::tensor({0, 0, 0, 0, 0, 0, 0, 0, 0, 90}, at::kLong));
  CHECK(hub.skewness == doctest::Approx(8.0 / 3));  // (1 - 2p) / sqrt(p (1 - p)) with p = 1/10
  CHECK(hub.never_found == doctest::Approx(0.9));
  CHECK(hub.most == 90);
  const Hubness even = summarise_hubness(at::full({7}, 4, at::kLong));
  CHECK(even.skewness == 0);
  CHECK(even.never_found == 0);
}

TEST_CASE("hubness refuses a k above the gallery and NaN and other widths") {
  const at::Tensor query = random_unit(4, 3, 1);
  const at::Tensor gallery = random_unit(6, 3, 2);
  CHECK_THROWS_WITH_AS(k_occurrence(query, gallery, 7),
                       doctest::Contains("k must be from 1 to the 6 candidates, got 7"), c10::ValueError);
  CHECK_THROWS_WITH_AS(k_occurrence(query, gallery, 0), doctest::Contains("got 0"), c10::ValueError);
  CHECK_THROWS_AS(k_occurrence(random_unit(4, 2, 1), gallery, 1), c10::ValueError);
  CHECK_THROWS_AS(k_occurrence(query / 0, gallery, 1), c10::ValueError);
  CHECK_THROWS_AS(summarise_hubness(at::full({3}, 1.0)), c10::ValueError);
}
