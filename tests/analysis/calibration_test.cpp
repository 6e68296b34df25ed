#include "tandem/analysis/calibration.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>

#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

TEST_CASE("calibration equals NumPy's and SciPy's, bin by bin") {
  const auto file = SafetensorsFile::open(tests::reference_dir() / "analysis" / "analysis.safetensors");
  const Calibration found =
      softmax_calibration(file.tensor("text"), file.tensor("image"), file.tensor("image_of_text"), 12);
  const at::Tensor wanted = file.tensor("calibration", {18});
  CHECK(found.error == doctest::Approx(wanted[0].item<double>()).epsilon(1e-5));
  CHECK(found.confidence == doctest::Approx(wanted[1].item<double>()).epsilon(1e-5));
  CHECK(found.accuracy == doctest::Approx(wanted[2].item<double>()).epsilon(1e-9));
  for (std::int64_t b = 0; b < 15; ++b)
    CHECK(found.bins[b].queries == static_cast<std::int64_t>(wanted[3 + b].item<double>()));
}

TEST_CASE("confidence, accuracy and error equal a slow loop over several tiles") {
  const std::int64_t queries = 70, candidates = 70001;
  const at::Tensor query = at::randn({queries, 4}, at::detail::createCPUGenerator(1));
  const at::Tensor gallery = at::randn({candidates, 4}, at::detail::createCPUGenerator(2));
  const at::Tensor right = query.matmul(gallery.t()).argmax(1) *
                           at::arange(queries, at::kLong).remainder(2);  // Every second query is right.
  const Calibration found = softmax_calibration(query, gallery, right, 3, 4);
  double bin_confidence[4] = {}, bin_right[4] = {}, error = 0;
  for (std::int64_t q = 0; q < queries; ++q) {
    const at::Tensor logits = gallery.matmul(query[q]).to(at::kDouble) * 3;
    const double confidence = 1 / (logits - logits.max()).exp().sum().item<double>();
    int bin = 0;
    for (const double edge : {0.25, 0.5, 0.75}) bin += confidence > edge ? 1 : 0;
    bin_confidence[bin] += confidence;
    bin_right[bin] += logits.argmax().item<std::int64_t>() == right[q].item<std::int64_t>();
  }
  for (int b = 0; b < 4; ++b) error += std::abs(bin_right[b] - bin_confidence[b]) / static_cast<double>(queries);
  CHECK(found.error == doctest::Approx(error).epsilon(1e-5));
  CHECK(found.accuracy == doctest::Approx(0.5));
}

TEST_CASE("a sure and right model has no error and a collapsed one is never right") {
  const Calibration sure = softmax_calibration(at::eye(6), at::eye(6), at::arange(6, at::kLong), 1000);
  CHECK(sure.error == doctest::Approx(0));
  CHECK(sure.accuracy == 1);
  CHECK(sure.bins.back().queries == 6);
  const Calibration collapsed = softmax_calibration(at::ones({6, 2}), at::ones({6, 2}), at::arange(6, at::kLong), 10);
  CHECK(collapsed.accuracy == 0);
  CHECK(collapsed.confidence == doctest::Approx(1.0 / 6));
  CHECK(collapsed.error == doctest::Approx(1.0 / 6));
  CHECK(collapsed.bins[2].queries == 6);  // 1/6 lies in (2/15, 3/15].
}

TEST_CASE("calibration refuses a scale of nothing and rows out of range") {
  const at::Tensor some = at::eye(3);
  const at::Tensor right = at::arange(3, at::kLong);
  CHECK_THROWS_WITH_AS(softmax_calibration(some, some, right, 0), doctest::Contains("a scale above 0"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(softmax_calibration(some, some, right + 1, 1), doctest::Contains("rows of gallery, 0 to 2"),
                       c10::ValueError);
  CHECK_THROWS_AS(softmax_calibration(some / 0, some, right, 1), c10::ValueError);
}
