#include "tandem/retrieval/zero_shot.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

at::Tensor unit_of(const at::Tensor& rows) { return rows / rows.norm(2, {1}, true); }
at::Tensor random_features(std::int64_t rows, std::int64_t width, std::uint64_t seed) {
  return at::randn({rows, width}, at::detail::createCPUGenerator(seed));
}

}  // namespace

TEST_CASE("top-1, top-5, recalls, precisions and the confusion matrix equal scikit-learn's") {
  const auto file = SafetensorsFile::open(tests::reference_dir() / "analysis" / "analysis.safetensors");
  const ZeroShotResult result = classify(file.tensor("image"), file.tensor("classes"), file.tensor("label"));
  const at::Tensor wanted = file.tensor("zero_shot", {3});
  const at::Tensor precision = file.tensor("precision", {6});
  CHECK(result.top1 == doctest::Approx(wanted[0].item<double>()).epsilon(1e-9));
  CHECK(result.top5 == doctest::Approx(wanted[1].item<double>()).epsilon(1e-9));
  CHECK(result.mean_recall == doctest::Approx(wanted[2].item<double>()).epsilon(1e-9));
  CHECK(at::equal(result.confusion, file.tensor("confusion")));
  for (std::int64_t c = 0; c < 6; ++c)
    CHECK(result.classes[c].precision() == doctest::Approx(precision[c].item<double>()).epsilon(1e-9));
}

TEST_CASE("classification equals its definition, picture by picture, over several tiles" *
          doctest::test_suite("slow")) {
  const std::int64_t pictures = 1400, classes = 3001;
  const at::Tensor image = unit_of(random_features(pictures, 4, 1));
  const at::Tensor vectors = unit_of(random_features(classes, 4, 2));
  const at::Tensor label = at::arange(pictures, at::kLong).mul(2);
  const ZeroShotResult result = classify(image, vectors, label);
  std::int64_t within_five = 0;
  for (std::int64_t i = 0; i < pictures; ++i) {
    const at::Tensor s = vectors.matmul(image[i]);
    const double own = s[label[i].item<std::int64_t>()].item<double>();
    const std::int64_t rank = s.ge(own - 1e-6).sum().item<std::int64_t>();
    within_five += rank <= 5;
    if (rank > 2) CHECK(result.predicted[i] == s.argmax().item<std::int64_t>());
  }
  CHECK(result.top5 == doctest::Approx(100.0 * static_cast<double>(within_five) / static_cast<double>(pictures)));
}

TEST_CASE("a tie counts as a miss in the numbers and in the matrix") {
  const ZeroShotResult result = classify(at::eye(3), at::ones({4, 3}), at::tensor({0, 1, 3}, at::kLong));
  CHECK(result.top1 == 0);
  CHECK(result.top5 == 100);
  CHECK(result.confusion.diag().sum().item<std::int64_t>() == 0);
  CHECK(result.confusion.sum().item<std::int64_t>() == 3);
  CHECK(result.classes[3].pictures == 1);
  CHECK(result.classes[2].pictures == 0);
}

TEST_CASE("classes without pictures weigh nothing in the mean of the classes") {
  const at::Tensor image = at::eye(3);
  const ZeroShotResult result =
      classify(at::cat({image, image.narrow(0, 0, 1)}), image, at::tensor({0, 0, 0, 0}, at::kLong));
  CHECK(result.top1 == 50);
  CHECK(result.mean_recall == 50);
  CHECK(result.classes[0].precision() == 100);
  CHECK(result.classes[1].precision() == 0);
  CHECK(result.classes[1].recall() == 0);
}

TEST_CASE("a class vector is the mean of its prompts at unit length") {
  const at::Tensor prompts = unit_of(random_features(12, 5, 1));
  const at::Tensor vectors = class_vectors(prompts, 4);
  REQUIRE(vectors.sizes() == at::IntArrayRef({3, 5}));
  for (std::int64_t c = 0; c < 3; ++c) {
    const at::Tensor sum = prompts[4 * c] + prompts[4 * c + 1] + prompts[4 * c + 2] + prompts[4 * c + 3];
    CHECK(at::allclose(vectors[c], sum / sum.norm(), 1e-5, 1e-6));
  }
  CHECK(at::allclose(class_vectors(prompts, 1), prompts, 1e-5, 1e-6));
}

TEST_CASE("class vectors and classification refuse what does not fit") {
  const at::Tensor prompts = unit_of(random_features(6, 3, 1));
  CHECK_THROWS_WITH_AS(class_vectors(prompts, 4), doctest::Contains("multiple of the 4 templates, got [6, 3]"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(class_vectors(at::cat({prompts.narrow(0, 0, 1), -prompts.narrow(0, 0, 1)}), 2),
                       doctest::Contains("must not cancel out"), c10::ValueError);
  CHECK_THROWS_WITH_AS(classify(prompts, prompts, at::tensor({0, 1, 2, 3, 4, 6}, at::kLong)),
                       doctest::Contains("rows of classes, 0 to 5"), c10::ValueError);
  CHECK_THROWS_AS(classify(prompts / 0, prompts, at::arange(6, at::kLong)), c10::ValueError);
  CHECK_THROWS_AS(classify(prompts, random_features(4, 2, 1), at::arange(6, at::kLong)), c10::ValueError);
}
