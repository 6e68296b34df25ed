#include "tandem/closed_form/asif.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "closed_form/reference_rows.h"

using namespace tandem;

namespace {

/// Similarity to each training row, to the power, of the k nearest; by sorting.
std::vector<double> representation(const at::Tensor& row, const at::Tensor& anchors, std::int64_t k, double power) {
  std::vector<double> cosines, all;
  for (std::int64_t a = 0; a < anchors.size(0); ++a) {
    cosines.push_back((row * anchors[a]).sum().item<double>() / row.norm().item<double>() /
                      anchors[a].norm().item<double>());
  }
  std::vector<double> sorted = cosines;
  std::sort(sorted.rbegin(), sorted.rend());
  for (const double cosine : cosines)
    all.push_back(cosine >= sorted[std::min<std::size_t>(k, sorted.size()) - 1] ? std::pow(std::max(cosine, 0.0), power)
                                                                                : 0);
  return all;
}

double cosine_over_pairs(const std::vector<double>& picture, const std::vector<double>& caption,
                         const at::Tensor& image_of_text) {
  double product = 0, left = 0, right = 0;
  for (std::size_t a = 0; a < caption.size(); ++a) {
    const double entry = picture[image_of_text[static_cast<std::int64_t>(a)].item<std::int64_t>()];
    product += entry * caption[a];
    left += entry * entry;
    right += caption[a] * caption[a];
  }
  return product / std::sqrt(left * right);
}

}  // namespace

TEST_CASE("ASIF equals its definition, pair by pair") {
  at::Generator chance = at::detail::createCPUGenerator(2);
  const at::Tensor image = at::randn({11, 5}, chance) + 0.5;
  const at::Tensor text = at::randn({29, 4}, chance) + 0.5;
  const at::Tensor partner = at::randint(0, 11, {29}, chance, at::kLong);
  const at::Tensor new_image = at::randn({6, 5}, chance) + 0.5;
  const at::Tensor new_text = at::randn({9, 4}, chance) + 0.5;
  for (const std::int64_t k : {3, 8, 1000}) {
    const at::Tensor fast = asif_similarities(nearest_anchors(new_image, image, k), nearest_anchors(new_text, text, k),
                                              partner, 11, {.k = k, .power = 2});
    for (std::int64_t i = 0; i < 6; ++i) {
      for (std::int64_t j = 0; j < 9; ++j) {
        const double slow = cosine_over_pairs(representation(new_image[i], image, k, 2),
                                              representation(new_text[j], text, k, 2), partner);
        CHECK(fast[j][i].item<double>() == doctest::Approx(slow).epsilon(1e-4));
      }
    }
  }
}

TEST_CASE("ASIF equals NumPy's answer on standardised features") {
  const tests::ReferenceRows rows;
  const FeatureStatistics image = measure_features(rows.train.image);
  const FeatureStatistics text = measure_features(rows.train.text);
  const at::Tensor similarities =
      asif_similarities(nearest_anchors(scaled(image, rows.new_image), scaled(image, rows.train.image), 7),
                        nearest_anchors(scaled(text, rows.new_text), scaled(text, rows.train.text), 7),
                        rows.train.image_of_text, 40, {.k = 7, .power = 3});
  CHECK(at::allclose(similarities.t(), rows.file.tensor("asif"), 1e-4, 1e-5));
}

TEST_CASE("the nearest anchors of more rows than fit in a block are those of each by itself") {
  at::Generator chance = at::detail::createCPUGenerator(2);
  const at::Tensor anchors = at::randn({40, 6}, chance);
  const at::Tensor rows = at::randn({300, 6}, chance);
  const NearestAnchors all = nearest_anchors(rows, anchors, 5);
  const NearestAnchors last = nearest_anchors(rows.narrow(0, 299, 1), anchors, 5);
  CHECK(at::allclose(all.similarity[299], last.similarity[0], 1e-5, 1e-6));
  CHECK((all.row[299] == last.row[0]).all().item<bool>());
  CHECK_THROWS_WITH_AS(nearest_anchors(rows, anchors, 0),
                       doctest::Contains("nearest_anchors: rows, anchors and k of at least 1 were needed"),
                       c10::ValueError);
}
