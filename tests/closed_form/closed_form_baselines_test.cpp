#include "tandem/closed_form/closed_form_baselines.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randperm.h>
#include <doctest/doctest.h>

#include "tandem/retrieval/recall.h"

using namespace tandem;

namespace {

/// Both sides are noisy linear views of the same latent vector; two captions a picture.
CaptionedRows toy_rows(std::int64_t images, std::uint64_t seed, bool shuffled = false) {
  at::Generator maps = at::detail::createCPUGenerator(1);
  at::Generator chance = at::detail::createCPUGenerator(seed);
  const at::Tensor to_image = at::randn({6, 24}, maps);
  const at::Tensor to_text = at::randn({6, 16}, maps);
  const at::Tensor latent = at::randn({images, 6}, chance);
  const at::Tensor partner = at::arange(2 * images, at::kLong).floor_divide(2);
  CaptionedRows rows;
  rows.image = at::matmul(latent, to_image) + at::randn({images, 24}, chance) * 0.3;
  rows.text = at::matmul(latent.index_select(0, partner), to_text) + at::randn({2 * images, 16}, chance) * 0.3;
  rows.image_of_text = shuffled ? at::randperm(images, chance, at::kLong).index_select(0, partner) : partner;
  return rows;
}

EmbeddingQuality recall_on(const CaptionedRows& rows) {
  return [&rows](const at::Tensor& image, const at::Tensor& text) {
    return mean_recall(retrieval_ranks(image, text, rows.image_of_text));
  };
}

}  // namespace

TEST_CASE("every baseline learns true pairs, and none learns shuffled ones" * doctest::test_suite("slow")) {
  const CaptionedRows dev = toy_rows(100, 11);
  const CaptionedRows test = toy_rows(100, 12);
  for (const bool shuffled : {false, true}) {
    const auto baselines = closed_form_baselines(toy_rows(300, 10, shuffled), dev, test, recall_on(dev));
    REQUIRE(baselines.size() == 5);
    for (const Baseline& baseline : baselines) {
      CAPTURE(baseline.name);
      const double recall = recall_on(test)(baseline.image, baseline.text);  // Chance is about 5.
      if (shuffled) {
        CHECK(recall < 15);
      } else {
        CHECK(recall > (baseline.name == "procrustes" || baseline.name == "asif" ? 20 : 50));
      }
    }
  }
}

TEST_CASE("settings are the best on dev, which is told, and nothing is learned of the split asked for" *
          doctest::test_suite("slow")) {
  const CaptionedRows train = toy_rows(120, 10);
  const CaptionedRows dev = toy_rows(60, 11);
  const CaptionedRows test = toy_rows(40, 12);
  std::int64_t done = 0, total = 0;
  const auto on_dev = closed_form_baselines(train, dev, dev, recall_on(dev),
                                            [&](std::int64_t d, std::int64_t t) { done = d, total = t; });
  const auto on_test = closed_form_baselines(train, dev, test, recall_on(dev));
  CHECK(done > 20);
  CHECK(done <= total);
  for (std::size_t b = 0; b < on_dev.size(); ++b) {
    CHECK(recall_on(dev)(on_dev[b].image, on_dev[b].text) == doctest::Approx(on_dev[b].dev_quality));
    CHECK(on_test[b].settings == on_dev[b].settings);
    CHECK(on_test[b].dev_quality == on_dev[b].dev_quality);
    CHECK(on_test[b].text.size(0) == 80);
  }
}
