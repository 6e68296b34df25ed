#include "tandem/evaluation/audit_galleries.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tandem/audit/planted_swaps.h"
#include "training/toy_pairs.h"

using namespace tandem;
using tests::toy_options;
using tests::toy_pairs;

namespace {

/// Toy pairs with rows of a store to tell them by.
PairedFeatures numbered_pairs(std::int64_t images) {
  PairedFeatures pairs = toy_pairs(images, 5);
  for (std::int64_t i = 0; i < images; ++i) pairs.image_in_store.push_back(100 + i);
  for (std::int64_t j = 0; j < 2 * images; ++j) pairs.text_in_store.push_back(1000 + j);
  return pairs;
}

FittedHeads untrained(const PairedFeatures& training) {
  at::Generator chance = at::detail::createCPUGenerator(1);
  const TrainOptions options = toy_options();
  return {.image = ProjectionHead(options.image_head, measure_features(training.image), chance),
          .text = ProjectionHead(options.text_head, measure_features(training.text), chance),
          .logit_scale = 20};
}

std::vector<std::int64_t> every(std::int64_t first, std::int64_t step, std::int64_t end) {
  std::vector<std::int64_t> rows;
  for (std::int64_t i = first; i < end; i += step) rows.push_back(i);
  return rows;
}

}  // namespace

TEST_CASE("no picture is judged by heads that saw it or its captions and every picture is judged once") {
  const PairedFeatures pairs = numbered_pairs(47);
  const std::vector<std::int64_t> pictures = every(0, 2, 47);  // The others are of another split.
  std::vector<std::set<std::int64_t>> seen_pictures, seen_captions;
  const auto galleries =
      cross_fitted_galleries(pairs, pictures, 4, 9, [&](const PairedFeatures& training, std::int64_t fold) {
        CHECK(fold == static_cast<std::int64_t>(seen_pictures.size()));
        seen_pictures.emplace_back(training.image_in_store.begin(), training.image_in_store.end());
        seen_captions.emplace_back(training.text_in_store.begin(), training.text_in_store.end());
        for (std::int64_t i = 0; i < training.image.size(0); ++i)
          CHECK(at::equal(training.image[i], pairs.image[training.image_in_store[i] - 100]));
        return untrained(training);
      });
  REQUIRE(galleries.size() == 4);
  std::multiset<std::int64_t> judged;
  for (std::size_t fold = 0; fold < 4; ++fold) {
    const JudgedGallery& gallery = galleries[fold];
    for (const std::int64_t row : gallery.image_rows) CHECK(seen_pictures[fold].count(pairs.image_in_store[row]) == 0);
    for (const std::int64_t row : gallery.text_rows) CHECK(seen_captions[fold].count(pairs.text_in_store[row]) == 0);
    CHECK(seen_pictures[fold].size() + gallery.image_rows.size() == pictures.size());
    judged.insert(gallery.image_rows.begin(), gallery.image_rows.end());
    for (std::int64_t j = 0; j < gallery.gallery.text.size(0); ++j) {
      CHECK(gallery.image_rows[gallery.gallery.image_of_text[j].item<std::int64_t>()] == gallery.text_rows[j] / 2);
      CHECK(at::equal(gallery.gallery.text_features[j], pairs.text[gallery.text_rows[j]]));
    }
  }
  CHECK((std::vector<std::int64_t>(judged.begin(), judged.end()) == pictures));
}

TEST_CASE("cross-fitted heads find planted swaps that they were trained with on the other folds" *
          doctest::test_suite("slow")) {
  const PairedFeatures pairs = numbered_pairs(300);
  const PlantedSwaps swaps = plant_swaps(pairs.image_of_text, 0.05, 2);
  PairedFeatures planted = pairs;
  planted.text = pairs.text.index_select(0, swaps.text_of_place);
  const auto galleries =
      cross_fitted_galleries(planted, every(0, 1, 300), 3, 1, [](const PairedFeatures& training, std::int64_t) {
        std::int64_t epochs = 0;
        TrainedHeads trained = train_heads(training, toy_options(),
                                           [&](const auto&, const auto&) { return static_cast<double>(++epochs); });
        return FittedHeads{.image = trained.image, .text = trained.text, .logit_scale = trained.logit_scale};
      });
  at::Tensor score = at::zeros({600}, at::kDouble);
  for (const JudgedPair& pair : audit_pairs(galleries, std::vector<std::int64_t>(600, -1), {}).pairs)
    score[pair.text] = pair.log_odds;
  CHECK(average_precision(score, swaps.planted) > 0.6);  // Chance is 0.05.
}

TEST_CASE("more folds than pairs of pictures are refused") {
  const PairedFeatures pairs = numbered_pairs(6);
  CHECK_THROWS_AS(
      cross_fitted_galleries(pairs, {0, 1, 2, 3, 4, 5}, 4, 0,
                             [](const PairedFeatures& training, std::int64_t) { return untrained(training); }),
      c10::ValueError);
}
