#include "tandem/audit/pair_evidence.h"

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "analysis/toy_gallery.h"
#include "tandem/audit/mismatched_captions.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// Five pictures with one to three captions.
AuditGallery small_gallery() {
  const at::Tensor partner = at::tensor({0, 0, 0, 1, 2, 2, 3, 4, 4}, at::kLong);
  return {.image = unit_rows(drawn({5, 6}, 1)),
          .text = unit_rows(drawn({9, 6}, 2)),
          .image_of_text = partner,
          .text_features = drawn({9, 4}, 3) + 2,
          .logit_scale = 9};
}

double product(const at::Tensor& a, const at::Tensor& b) {
  return a.to(at::kDouble).dot(b.to(at::kDouble)).item<double>();
}

double cosine(const at::Tensor& a, const at::Tensor& b) {
  return product(a, b) / std::sqrt(product(a, a) * product(b, b));
}

struct Usual {
  double mean = 0, deviation = 0, log_sum = 0;
};

Usual usual(const at::Tensor& row, const at::Tensor& gallery, double scale) {
  Usual seen;
  const auto n = static_cast<double>(gallery.size(0));
  for (std::int64_t i = 0; i < gallery.size(0); ++i) seen.mean += product(row, gallery[i]) / n;
  double exponentials = 0;
  for (std::int64_t i = 0; i < gallery.size(0); ++i) {
    seen.deviation += std::pow(product(row, gallery[i]) - seen.mean, 2) / n;
    exponentials += std::exp(scale * product(row, gallery[i]));
  }
  seen.deviation = std::sqrt(seen.deviation);
  seen.log_sum = std::log(exponentials);
  return seen;
}

void check_against_definition(const AuditGallery& gallery, const at::Tensor& text_of_place) {
  const at::Tensor evidence = pair_evidence(gallery, gallery_statistics(gallery, 3), text_of_place);
  const at::Tensor centred = gallery.text_features - gallery.text_features.mean(0, true);
  for (std::int64_t j = 0; j < gallery.text.size(0); ++j) {
    const std::int64_t i = gallery.image_of_text[j].item<std::int64_t>();
    const std::int64_t t = text_of_place[j].item<std::int64_t>();
    const double s = product(gallery.image[i], gallery.text[t]);
    const Usual text = usual(gallery.text[t], gallery.image, gallery.logit_scale);
    const Usual image = usual(gallery.image[i], gallery.text, gallery.logit_scale);
    double shared = 0, frozen = 0, picture = 0, among = 0, others = 0;
    for (std::int64_t sibling = 0; sibling < gallery.text.size(0); ++sibling) {
      if (sibling == j || gallery.image_of_text[sibling].item<std::int64_t>() != i) continue;
      shared += cosine(gallery.text[t], gallery.text[sibling]);
      frozen += cosine(centred[t], centred[sibling]);
      picture += cosine(gallery.image[i], gallery.text[sibling]);
      for (std::int64_t third = sibling + 1; third < gallery.text.size(0); ++third) {
        if (third != j && gallery.image_of_text[third].item<std::int64_t>() == i)
          among += cosine(centred[sibling], centred[third]);
      }
      ++others;
    }
    const std::vector<double> expected = {s,
                                          (s - text.mean) / text.deviation,
                                          (s - image.mean) / image.deviation,
                                          gallery.logit_scale * s - text.log_sum,
                                          gallery.logit_scale * s - image.log_sum,
                                          shared / others,
                                          frozen / others,
                                          picture / others,
                                          among / (others * (others - 1) / 2)};
    REQUIRE(evidence.size(1) == static_cast<std::int64_t>(expected.size()));
    for (std::size_t e = 0; e < expected.size(); ++e) {
      CAPTURE(kEvidenceNames[e]);
      const double got = evidence[j][static_cast<std::int64_t>(e)].item<double>();
      if (std::isnan(expected[e]))
        CHECK(std::isnan(got));
      else
        CHECK(got == doctest::Approx(expected[e]).epsilon(1e-3));
    }
  }
}

}  // namespace

TEST_CASE("evidence about the data's own pairs equals its definition" * doctest::test_suite("slow")) {
  check_against_definition(small_gallery(), at::arange(9, at::kLong));
}

TEST_CASE("evidence about captions at other places equals its definition") {
  const AuditGallery gallery = small_gallery();
  check_against_definition(gallery, mismatched_captions(gallery.image_of_text, 5));
}

TEST_CASE("a permutation of captions leaves every caption once and none with its own picture") {
  const at::Tensor partner = at::tensor({0, 1, 0, 2, 2, 0, 3}, at::kLong);
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const at::Tensor text = mismatched_captions(partner, seed);
    CHECK(std::get<0>(text.sort()).equal(at::arange(7, at::kLong)));
    CHECK((partner.index_select(0, text) != partner).all().item<bool>());
  }
  CHECK(mismatched_captions(partner, 3).equal(mismatched_captions(partner, 3)));
  CHECK(!mismatched_captions(partner, 3).equal(mismatched_captions(partner, 4)));
  CHECK_THROWS_WITH_AS(mismatched_captions(at::tensor({0, 0, 1}, at::kLong), 1),
                       doctest::Contains("more than half of all captions, got 2 of 3"), c10::ValueError);
}

TEST_CASE("galleries with strange pictures are refused") {
  AuditGallery gallery = small_gallery();
  gallery.image_of_text = at::tensor({0, 0, 0, 1, 2, 2, 3, 3, 3}, at::kLong);
  CHECK_THROWS_WITH_AS(gallery_statistics(gallery, 3), doctest::Contains("every picture must have a caption"),
                       c10::ValueError);
  gallery.image_of_text = at::tensor({0, 0, 0, 1, 2, 2, 3, 4, 5}, at::kLong);
  CHECK_THROWS_WITH_AS(gallery_statistics(gallery, 3), doctest::Contains("rows 0 to 4, got 5"), c10::ValueError);
}

TEST_CASE("whatever float32 is multiplied in, a similarity that is like all others is not unusual") {
  const at::Tensor partner = at::arange(180, at::kLong).floor_divide(2);
  const AuditGallery gallery{.image = unit_rows(drawn({1, 64}, 1)).repeat({90, 1}),
                             .text = unit_rows(drawn({1, 64}, 2)).repeat({180, 1}),
                             .image_of_text = partner,
                             .text_features = drawn({180, 4}, 3),
                             .logit_scale = 20};
  for (const char* precision : {"highest", "high", "medium"}) {
    at::globalContext().setFloat32MatmulPrecision(precision);
    const at::Tensor evidence = pair_evidence(gallery, gallery_statistics(gallery, 3), at::arange(180, at::kLong));
    at::globalContext().setFloat32MatmulPrecision("highest");
    CAPTURE(precision);
    // In deviations, of which the least is 1e-6, the rounding of a sum of products.
    CHECK(evidence.narrow(1, 1, 2).abs().max().item<double>() < 2);
    CHECK((evidence.narrow(1, 3, 1) + std::log(90)).abs().max().item<double>() < 1e-4);
  }
}
