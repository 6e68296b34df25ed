#include "tandem/retrieval/retrieval_intervals.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/randn.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <mutex>

using namespace tandem;

namespace {

/// 60 pictures with three captions each; the more noise, the worse.
RetrievalResult measured(double noise, std::uint64_t seed = 1) {
  const at::Tensor raw = at::randn({60, 6}, at::detail::createCPUGenerator(1));
  const at::Tensor image = raw / raw.norm(2, {1}, true);
  const at::Tensor pairs = at::arange(180, at::kLong).remainder(60);  // Not grouped by picture.
  at::Tensor text =
      image.index_select(0, pairs) + noise * at::randn({180, 6}, at::detail::createCPUGenerator(seed + 1));
  return measure_retrieval(image, text / text.norm(2, {1}, true), pairs, Protocol::kAll);
}

const MetricInterval& find(const std::vector<MetricInterval>& all, const std::string& way, const std::string& metric) {
  return *std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.way == way && one.metric == metric; });
}

/// Every metric of every resample by the definition: queries written down as often as their picture
/// was drawn.
struct SlowDraws {
  std::vector<double> r5, median, reciprocal, precision, ndcg, rsum;
};

SlowDraws slow_draws(const RetrievalResult& result, const BootstrapOptions& options) {
  SlowDraws slow;
  for (auto* draws : {&slow.r5, &slow.median, &slow.reciprocal, &slow.precision, &slow.ndcg, &slow.rsum})
    draws->resize(options.samples);
  for_each_resample(result.images, options, [&](std::int64_t first, const at::Tensor& counts) {
    for (std::int64_t b = 0; b < counts.size(0); ++b) {
      const double* count = counts.const_data_ptr<double>() + b * result.images;
      RetrievalRanks ranks;
      for (std::int64_t i = 0; i < result.images; ++i) {
        for (int n = 0; n < count[i]; ++n) {
          ranks.image_to_text.push_back(result.ranks.image_to_text[i]);
          ranks.image_precision.push_back(result.ranks.image_precision[i]);
          ranks.image_ndcg.push_back(result.ranks.image_ndcg[i]);
        }
      }
      for (std::int64_t q = 0; q < result.captions; ++q) {
        for (int n = 0; n < count[result.image_of_query[q]]; ++n)
          ranks.text_to_image.push_back(result.ranks.text_to_image[q]);
      }
      const RetrievalSummary text = summarise_ranks(ranks.text_to_image);
      const RetrievalSummary image = summarise_ranks(ranks.image_to_text, ranks.image_precision, ranks.image_ndcg);
      slow.r5[first + b] = text.r5;
      slow.median[first + b] = text.median_rank;
      slow.reciprocal[first + b] = image.reciprocal_rank;
      slow.precision[first + b] = image.average_precision;
      slow.ndcg[first + b] = image.ndcg_10;
      slow.rsum[first + b] = recall_sum(image, text);
    }
  });
  return slow;
}

void check_equal(const Interval& fast, const std::vector<double>& draws) {
  const Interval slow = percentile_interval(draws, 0.95);
  CHECK(fast.low == doctest::Approx(slow.low).epsilon(1e-9));
  CHECK(fast.high == doctest::Approx(slow.high).epsilon(1e-9));
}

}  // namespace

TEST_CASE("intervals equal resampling the queries and measuring anew") {
  const RetrievalResult result = measured(0.8);
  const BootstrapOptions options{.samples = 333, .seed = 5};
  const std::vector<MetricInterval> intervals = retrieval_intervals(result, {5}, options);
  const SlowDraws slow = slow_draws(result, options);
  check_equal(find(intervals, "text_to_image", "r5").interval, slow.r5);
  check_equal(find(intervals, "text_to_image", "median_rank").interval, slow.median);
  check_equal(find(intervals, "image_to_text", "mrr").interval, slow.reciprocal);
  check_equal(find(intervals, "image_to_text", "map_r").interval, slow.precision);
  check_equal(find(intervals, "image_to_text", "ndcg_10").interval, slow.ndcg);
  check_equal(find(intervals, "both", "rsum").interval, slow.rsum);
  CHECK(find(intervals, "text_to_image", "ndcg_10").value == doctest::Approx(result.text_to_image.ndcg_10));
  CHECK(find(intervals, "text_to_image", "r5").value == doctest::Approx(result.text_to_image.r5));
  CHECK(find(intervals, "text_to_image", "median_rank").value == result.text_to_image.median_rank);
  CHECK(find(intervals, "both", "rsum").value ==
        doctest::Approx(recall_sum(result.image_to_text, result.text_to_image)));
}

TEST_CASE("the interval of a mean is as wide as its standard error says") {
  const RetrievalResult result = measured(0.8);
  const Interval interval = find(retrieval_intervals(result, {1}), "image_to_text", "r1").interval;
  const double share = result.image_to_text.r1 / 100;
  const double error = 100 * std::sqrt(share * (1 - share) / 60);
  CHECK(interval.high - interval.low ==
        doctest::Approx(2 * 1.96 * error).epsilon(0.12));  // Hits come in steps of 100 / 60.
}

TEST_CASE("resamples draw as many pictures as there are and each as often as any") {
  std::vector<double> drawn(101, 0.0);
  std::mutex mutex;
  for_each_resample(101, {.samples = 1000, .seed = 3}, [&](std::int64_t, const at::Tensor& counts) {
    const std::lock_guard lock(mutex);
    for (std::int64_t b = 0; b < counts.size(0); ++b) {
      double all = 0;
      for (std::int64_t i = 0; i < 101; ++i) {
        const double count = counts.const_data_ptr<double>()[b * 101 + i];
        all += count;
        drawn[i] += count;
      }
      CHECK(all == 101);
    }
  });
  for (const double times : drawn) CHECK(std::abs(times - 1000) < 5 * std::sqrt(1000.0));
  CHECK_THROWS_AS(for_each_resample(0, {}, [](std::int64_t, const at::Tensor&) {}), c10::ValueError);
}

TEST_CASE("the same seed gives the same intervals and another seed others") {
  const RetrievalResult result = measured(0.8);
  const auto ends = [&](std::uint64_t seed) {
    return find(retrieval_intervals(result, {1}, {.samples = 200, .seed = seed}), "both", "rsum").interval;
  };
  CHECK(ends(1).low == ends(1).low);
  CHECK((ends(1).low != ends(2).low || ends(1).high != ends(2).high));
}

TEST_CASE("the paired test tells a better model from a worse one and a model from itself not at all") {
  const RetrievalResult good = measured(0.4);
  const RetrievalResult bad = measured(1.2, 7);
  const RetrievalResult alike = measured(0.4, 3);
  const auto rsum = [](const std::vector<MetricDifference>& all) { return all.back(); };
  const MetricDifference better = rsum(paired_differences(good, bad, {1, 5, 10}));
  const MetricDifference worse = rsum(paired_differences(bad, good, {1, 5, 10}));
  CHECK(better.metric == "rsum");
  CHECK(better.p < 0.01);
  CHECK(better.interval.low > 0);
  CHECK(better.difference == doctest::Approx(better.ours - better.theirs));
  CHECK(worse.p == better.p);
  CHECK(worse.interval.low == doctest::Approx(-better.interval.high));
  const MetricDifference same = rsum(paired_differences(good, good, {1}));
  CHECK(same.p == 1);
  CHECK(same.interval.high == 0);
  CHECK(rsum(paired_differences(good, alike, {1})).p > 0.05);
  RetrievalResult fewer = good;
  fewer.image_of_query.pop_back();
  CHECK_THROWS_WITH_AS(paired_differences(good, fewer, {1}), doctest::Contains("the same queries"), c10::ValueError);
}

TEST_CASE("pairing narrows the interval of a difference") {
  const RetrievalResult one = measured(0.8);
  const RetrievalResult other = measured(0.85);
  const auto width = [](const Interval& interval) { return interval.high - interval.low; };
  const double paired = width(paired_differences(one, other, {1}).back().interval);
  const double alone = width(find(retrieval_intervals(one, {1}), "both", "rsum").interval);
  CHECK(paired < alone);
}

TEST_CASE("curves pass through recall at every k and their ends are the intervals") {
  const RetrievalResult result = measured(0.8);
  const RecallCurves curves = recall_curves(result, 60, {.samples = 300});
  const std::vector<MetricInterval> intervals = retrieval_intervals(result, {7}, {.samples = 300});
  CHECK(curves.text_to_image.recall[6] == doctest::Approx(recall_at(result.ranks.text_to_image, 7)));
  CHECK(curves.text_to_image.low[6] == doctest::Approx(find(intervals, "text_to_image", "r7").interval.low));
  CHECK(curves.text_to_image.high[6] == doctest::Approx(find(intervals, "text_to_image", "r7").interval.high));
  CHECK(curves.text_to_image.recall.back() == doctest::Approx(100));
  CHECK(std::is_sorted(curves.image_to_text.low.begin(), curves.image_to_text.low.end()));
  CHECK_THROWS_AS(recall_curves(result, 0), c10::ValueError);
}

TEST_CASE("parts of the queries add up to all of them") {
  const RetrievalResult result = measured(0.8);
  QueryPart even, odd, all;
  for (std::int64_t q = 0; q < 180; ++q) {
    (q % 2 == 0 ? even : odd).queries.push_back(q);
    all.queries.push_back(q);
  }
  const BootstrapOptions options{.samples = 300};
  const std::vector<PartRecall> parts =
      part_recalls(result.ranks.text_to_image, result.image_of_query, 60, {even, odd, all}, {1, 5}, options);
  CHECK(parts[0].queries == 90);
  CHECK((parts[0].recall[1] + parts[1].recall[1]) / 2 == doctest::Approx(result.text_to_image.r5));
  CHECK(parts[2].recall[1] == doctest::Approx(result.text_to_image.r5));
  CHECK(parts[2].intervals[1].low ==
        doctest::Approx(find(retrieval_intervals(result, {5}, options), "text_to_image", "r5").interval.low));
  CHECK(part_recalls(result.ranks.text_to_image, result.image_of_query, 60, {even}, {1}, {.samples = 0})[0]
            .intervals.empty());
  CHECK_THROWS_AS(part_recalls(result.ranks.text_to_image, result.image_of_query, 60, {{}}, {1}), c10::ValueError);
}

TEST_CASE("quantiles are NumPy's and draws that are not numbers are left out") {
  const Interval interval = percentile_interval({4, 1, std::nan(""), 3, 2}, 0.5);
  CHECK(interval.low == 1.75);  // numpy.quantile([1, 2, 3, 4], [0.25, 0.75])
  CHECK(interval.high == 3.25);
  CHECK(std::isnan(percentile_interval({}, 0.95).low));
  CHECK(two_sided_p({1, 2, 3}) == doctest::Approx(0.5));
  CHECK(two_sided_p({-1, 1, 2, 3, 4, 5, 6, 7, 8}) == doctest::Approx(0.4));
}

TEST_CASE("nDCG that one side does not know is left out of the differences, and nothing else") {
  const RetrievalResult known = measured(0.8);
  RetrievalResult unknown = measured(0.9);
  unknown.ranks.image_ndcg.clear();
  const auto count = [](const std::vector<MetricDifference>& all) {
    return std::count_if(all.begin(), all.end(), [](const auto& one) { return one.metric == "ndcg_10"; });
  };
  const std::vector<MetricDifference> both = paired_differences(known, known, {1}, {.samples = 20});
  const std::vector<MetricDifference> one = paired_differences(known, unknown, {1}, {.samples = 20});
  CHECK(count(both) == 2);
  CHECK(count(one) == 1);  // Text to image it follows from the ranks.
  CHECK(one.size() == both.size() - 1);
  CHECK(paired_differences(unknown, known, {1}, {.samples = 20}).size() == one.size());
}
