#include "tandem/audit/pair_audit.h"

#include <ATen/ops/randperm.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include "analysis/toy_gallery.h"
#include "tandem/audit/planted_swaps.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

constexpr std::int64_t kImages = 200;

std::vector<std::int64_t> counted(std::int64_t n, std::int64_t from = 0) {
  std::vector<std::int64_t> rows(n);
  std::iota(rows.begin(), rows.end(), from);
  return rows;
}

JudgedGallery whole(const AuditGallery& gallery) {
  return {.gallery = gallery, .image_rows = counted(gallery.image.size(0)), .text_rows = counted(gallery.text.size(0))};
}

AuditGallery with_texts(AuditGallery gallery, const at::Tensor& text_of_place) {
  gallery.text = gallery.text.index_select(0, text_of_place);
  gallery.text_features = gallery.text_features.index_select(0, text_of_place);
  return gallery;
}

PairAudit audit(const AuditGallery& gallery, std::vector<std::int64_t> twins = {}) {
  twins.resize(gallery.text.size(0), -1);
  return audit_pairs({whole(gallery)}, twins, {});
}

double precision_of_list(const AuditGallery& gallery, const at::Tensor& planted) {
  at::Tensor score = at::zeros({planted.size(0)}, at::kDouble);
  for (const JudgedPair& pair : audit(gallery).pairs) score[pair.text] = pair.log_odds;
  return average_precision(score, planted);
}

}  // namespace

TEST_CASE("planted swaps head the list and stay at chance where nothing belongs together" *
          doctest::test_suite("slow")) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    CAPTURE(seed);
    const AuditGallery gallery = toy_gallery(kImages, 10 * seed);
    const PlantedSwaps swaps = plant_swaps(gallery.image_of_text, 0.05, seed);
    CHECK(precision_of_list(with_texts(gallery, swaps.text_of_place), swaps.planted) > 0.8);  // Chance is 0.05.
    // Nothing belongs together, not even the captions of one picture.
    const AuditGallery shuffled = with_texts(
        gallery, at::randperm(3 * kImages, at::detail::createCPUGenerator(seed), at::TensorOptions().dtype(at::kLong)));
    CHECK(precision_of_list(with_texts(shuffled, swaps.text_of_place), swaps.planted) < 0.15);
  }
}

TEST_CASE("the share of wrong captions is told apart from none" * doctest::test_suite("slow")) {
  const AuditGallery gallery = toy_gallery(400, 1);
  const PlantedSwaps swaps = plant_swaps(gallery.image_of_text, 0.1, 1);
  const PairAudit clean = audit(gallery);
  const PairAudit planted = audit(with_texts(gallery, swaps.text_of_place));
  CHECK(clean.model.wrong_share < 0.03);
  CHECK(std::abs(planted.model.wrong_share - 0.1) < 0.03);
  const auto wrong = std::count_if(planted.pairs.begin(), planted.pairs.end(),
                                   [](const JudgedPair& pair) { return pair.verdict == Verdict::kWrongCaption; });
  CHECK(wrong > 80);
  CHECK(wrong < 160);
}

TEST_CASE("a pair is told by its own gallery's rows and the list falls") {
  const AuditGallery first = toy_gallery(60, 1);
  const AuditGallery second = toy_gallery(40, 2);
  const JudgedGallery shifted{.gallery = second, .image_rows = counted(40, 60), .text_rows = counted(120, 180)};
  const PairAudit both = audit_pairs({whole(first), shifted}, std::vector<std::int64_t>(300, -1), {});
  REQUIRE(both.pairs.size() == 300);
  std::set<std::int64_t> texts;
  for (std::size_t p = 0; p < both.pairs.size(); ++p) {
    const JudgedPair& pair = both.pairs[p];
    texts.insert(pair.text);
    CHECK(pair.image == pair.text / 3);
    if (p > 0) CHECK(both.pairs[p - 1].log_odds >= pair.log_odds);
    CHECK(pair.other_captions.size() == 3);
    CHECK(pair.other_pictures.size() == 3);
    for (const std::int64_t text : pair.other_captions) {
      CHECK(text / 3 != pair.image);
      CHECK((text >= 180) == (pair.text >= 180));
    }
    for (const std::int64_t image : pair.other_pictures) {
      CHECK(image != pair.image);
      CHECK((image >= 60) == (pair.image >= 60));
    }
  }
  CHECK(texts.size() == 300);
}

TEST_CASE("suggestions are the nearest of the others" * doctest::test_suite("slow")) {
  const AuditGallery gallery = toy_gallery(50, 4);
  const at::Tensor similarity = gallery.image.matmul(gallery.text.t());
  for (const JudgedPair& pair : audit(gallery).pairs) {
    std::vector<std::int64_t> texts;
    for (const std::int64_t text : counted(150)) {
      if (text / 3 != pair.image) texts.push_back(text);
    }
    std::sort(texts.begin(), texts.end(), [&](std::int64_t a, std::int64_t b) {
      return similarity[pair.image][a].item<float>() > similarity[pair.image][b].item<float>();
    });
    texts.resize(3);
    CHECK(pair.other_captions == texts);
    if (pair.text >= 30) continue;
    std::int64_t as_near = 0;
    for (std::int64_t image = 0; image < 50; ++image)
      as_near += similarity[image][pair.text].item<double>() >= similarity[pair.image][pair.text].item<double>() - 1e-6
                     ? 1
                     : 0;
    CHECK(pair.others_as_near == as_near - 1);
  }
}

TEST_CASE("verdicts follow the limits in their order" * doctest::test_suite("slow")) {
  AuditGallery gallery = toy_gallery(kImages, 7);
  // Caption 0 of picture 0 is near to everyone; captions 30 and 60 have twins.
  const at::Tensor everyone = unit_rows(gallery.image.mean(0, true));
  gallery.image = unit_rows(gallery.image + 0.5 * everyone);
  gallery.text = unit_rows(gallery.text + 0.5 * everyone);
  gallery.text[0].copy_(unit_rows(everyone + gallery.image[0] * 0.3)[0]);
  std::vector<std::int64_t> twins(3 * kImages, -1);
  twins[30] = 60;
  twins[60] = 30;
  const PairAudit result = audit(gallery, twins);
  std::vector<std::int64_t> as_near, caption_lists;
  for (const JudgedPair& pair : result.pairs) {
    as_near.push_back(pair.others_as_near);
    caption_lists.push_back(pair.caption_in_lists);
    const PairAuditLimits& limits = result.limits;
    const bool hub = static_cast<double>(pair.caption_in_lists) > limits.caption_in_lists ||
                     static_cast<double>(pair.picture_in_lists) > limits.picture_in_lists;
    const bool ambiguous = static_cast<double>(pair.others_as_near) > limits.others_as_near || pair.has_twin;
    Verdict expected = ambiguous ? Verdict::kAmbiguous : Verdict::kAligned;
    if (hub) expected = Verdict::kHub;
    if (pair.log_odds > 0) expected = Verdict::kWrongCaption;
    CHECK(pair.verdict == expected);
    CHECK(pair.has_twin == (pair.text == 30 || pair.text == 60));
    if (pair.text == 0) CHECK(pair.caption_in_lists > 10);  // three times the mean and more
  }
  // The limits by their definitions: 600 counts, so quartiles lie at places 149.75 and 449.25.
  std::sort(as_near.begin(), as_near.end());
  const double low = 0.25 * static_cast<double>(as_near[149]) + 0.75 * static_cast<double>(as_near[150]);
  const double high = 0.75 * static_cast<double>(as_near[449]) + 0.25 * static_cast<double>(as_near[450]);
  CHECK(result.limits.others_as_near == doctest::Approx(high + 1.5 * (high - low)));
  const double mean = std::accumulate(caption_lists.begin(), caption_lists.end(), 0.0) / 600;
  CHECK(mean == doctest::Approx(10.0 * kImages / 600));
  double variance = 0;
  for (const std::int64_t count : caption_lists) variance += std::pow(static_cast<double>(count) - mean, 2) / 600;
  CHECK(result.limits.caption_in_lists == doctest::Approx(mean + 2 * std::sqrt(variance)));
}

TEST_CASE("one caption a picture is enough and one picture is not") {
  const AuditGallery toy = toy_gallery(100, 3);
  const at::Tensor every_third = at::arange(0, 300, 3, at::kLong);
  AuditGallery single{.image = toy.image,
                      .text = toy.text.index_select(0, every_third),
                      .image_of_text = at::arange(100, at::kLong),
                      .text_features = toy.text_features.index_select(0, every_third),
                      .logit_scale = 20};
  const PlantedSwaps swaps = plant_swaps(single.image_of_text, 0.1, 1);
  CHECK(precision_of_list(with_texts(single, swaps.text_of_place), swaps.planted) > 0.5);  // Chance is 0.1.
  const AuditGallery lone{.image = toy.image.narrow(0, 0, 1),
                          .text = toy.text.narrow(0, 0, 3),
                          .image_of_text = at::zeros({3}, at::kLong),
                          .text_features = toy.text_features.narrow(0, 0, 3),
                          .logit_scale = 20};
  CHECK_THROWS_WITH_AS(audit(lone), doctest::Contains("more than half of all captions"), c10::ValueError);
  CHECK_THROWS_WITH_AS(audit_pairs({}, {}, {}), doctest::Contains("at least one gallery"), c10::ValueError);
}
