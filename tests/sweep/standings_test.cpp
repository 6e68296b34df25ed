#include "tandem/sweep/standings.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <random>

using namespace tandem;

namespace {

/// Of `images` pictures with two captions; a query is answered at rank 1 with the given chance,
/// else at 50.
Trial trial_of(std::int64_t images, double chance, unsigned seed) {
  std::mt19937_64 random(seed);
  const auto draw = [&] { return static_cast<double>(random() >> 11) * 0x1p-53 < chance ? 1 : 50; };
  Trial trial;
  for (std::int64_t i = 0; i < images; ++i) trial.dev_ranks.image_to_text.push_back(draw());
  for (std::int64_t j = 0; j < 2 * images; ++j) trial.dev_ranks.text_to_image.push_back(draw());
  trial.dev_recall = mean_recall(trial.dev_ranks);
  return trial;
}

at::Tensor partners(std::int64_t images) { return at::arange(2 * images, at::kLong).floor_divide(2); }

}  // namespace

TEST_CASE("the deviation over seeds is that of the sample") {
  CHECK(spread({2, 4, 4, 4, 5, 5, 7, 9}).mean == 5);
  CHECK(spread({2, 4, 4, 4, 5, 5, 7, 9}).deviation == doctest::Approx(2.13809));
  CHECK(spread({3}).deviation == 0);
  CHECK_THROWS_AS(spread({}), c10::ValueError);
}

TEST_CASE("configurations stand by their mean over seeds, and what is far behind is told from what is as good") {
  const std::vector<std::vector<Trial>> trials = {{trial_of(300, 0.3, 1), trial_of(300, 0.3, 2)},
                                                  {trial_of(300, 0.62, 3), trial_of(300, 0.62, 4)},
                                                  {trial_of(300, 0.615, 5), trial_of(300, 0.615, 6)}};
  const auto order = standings(trials, partners(300), {.samples = 2000});
  REQUIRE(order.size() == 3);
  CHECK(order[2].configuration == 0);
  CHECK(order[0].difference == 0);
  CHECK(order[0].p == 1);
  CHECK(order[1].p > 0.05);
  CHECK(order[2].p < 0.01);
  CHECK(order[2].difference == doctest::Approx(order[2].dev_recall.mean - order[0].dev_recall.mean));
  CHECK(order[2].interval.low < order[2].difference);
  CHECK(order[2].interval.high > order[2].difference);
  CHECK(order[2].interval.high < 0);
}

TEST_CASE("the interval of a difference is that of resampled mean recalls, computed slowly") {
  const std::int64_t images = 40;
  const std::vector<std::vector<Trial>> trials = {{trial_of(images, 0.7, 1), trial_of(images, 0.7, 2)},
                                                  {trial_of(images, 0.4, 3), trial_of(images, 0.5, 4)}};
  const BootstrapOptions options = {.samples = 64, .seed = 5};
  std::vector<double> differences(options.samples);
  for_each_resample(images, options, [&](std::int64_t first, const at::Tensor& counts) {
    for (std::int64_t b = 0; b < counts.size(0); ++b) {
      std::vector<double> recalls;
      for (const auto& seeds : trials) {
        double sum = 0;
        for (const Trial& trial : seeds) {
          RetrievalRanks drawn;
          for (std::int64_t i = 0; i < images; ++i) {
            for (int n = 0; n < counts[b][i].item<double>(); ++n) {
              drawn.image_to_text.push_back(trial.dev_ranks.image_to_text[i]);
              drawn.text_to_image.insert(drawn.text_to_image.end(), {trial.dev_ranks.text_to_image[2 * i],
                                                                     trial.dev_ranks.text_to_image[2 * i + 1]});
            }
          }
          sum += mean_recall(drawn) / 2;
        }
        recalls.push_back(sum);
      }
      differences[first + b] = recalls[1] - recalls[0];
    }
  });
  const Interval slow = percentile_interval(differences, options.level);
  const auto order = standings(trials, partners(images), options);
  REQUIRE(order[1].configuration == 1);
  CHECK(order[1].interval.low == doctest::Approx(slow.low));
  CHECK(order[1].interval.high == doctest::Approx(slow.high));
  CHECK(order[1].p == doctest::Approx(two_sided_p(differences)));
}

TEST_CASE("ranks of another split are refused") {
  CHECK_THROWS_WITH_AS(standings({{trial_of(10, 0.5, 1)}}, partners(11)),
                       doctest::Contains("ranks of 11 pictures and 22 captions were needed, got 10 and 20"),
                       c10::ValueError);
}
