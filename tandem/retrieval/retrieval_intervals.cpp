#include "tandem/retrieval/retrieval_intervals.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <numeric>

#include "tandem/retrieval/list_quality.h"

namespace tandem {
namespace {

using Ranks = std::vector<std::int64_t>;

constexpr double kPercent = 100;

/// Ranks in ascending order, each with its picture: a resample's median is where half of its draws
/// are reached.
class SortedRanks {
 public:
  SortedRanks(const Ranks& ranks, const Ranks& picture_of_query, std::int64_t begin, std::int64_t end) {
    std::vector<std::int64_t> order;
    for (std::size_t q = 0; q < ranks.size(); ++q) {
      if (picture_of_query[q] >= begin && picture_of_query[q] < end) order.push_back(static_cast<std::int64_t>(q));
    }
    std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return ranks[a] < ranks[b]; });
    for (const std::int64_t q : order) {
      ranks_.push_back(ranks[q]);
      pictures_.push_back(picture_of_query[q]);
    }
  }

  /// As in summarise_ranks: the mean of the middle two of an even number.
  double median(const double* counts) const {
    double all = 0;
    for (const std::int64_t picture : pictures_) all += counts[picture];
    double reached = 0;
    std::size_t q = 0;
    while (q < ranks_.size() && reached < all / 2) reached += counts[pictures_[q++]];
    if (q == 0) return 0;  // Nothing of this gallery was drawn.
    const auto lower = static_cast<double>(ranks_[q - 1]);
    if (reached > all / 2) return lower;
    while (q < ranks_.size() && counts[pictures_[q]] == 0) ++q;
    return (lower + static_cast<double>(ranks_[std::min(q, ranks_.size() - 1)])) / 2;
  }

 private:
  Ranks ranks_, pictures_;
};

/// Sums of [N, S] statistics in every resample, [samples, S].
at::Tensor resampled_sums(const at::Tensor& statistics, const BootstrapOptions& options,
                          const std::function<void(std::int64_t, const double*)>& each = {}) {
  at::Tensor sums = at::empty({options.samples, statistics.size(1)}, at::kDouble);
  for_each_resample(statistics.size(0), options, [&](std::int64_t first, const at::Tensor& counts) {
    sums.narrow(0, first, counts.size(0)).copy_(at::mm(counts, statistics));
    if (!each) return;
    for (std::int64_t b = 0; b < counts.size(0); ++b)
      each(first + b, counts.const_data_ptr<double>() + b * counts.size(1));
  });
  return sums;
}

/// One direction: the contribution of each picture to each metric, and the median.
struct Way {
  std::string name;
  const Ranks* ranks;
  const std::vector<double>* precision;  ///< null: each query has one right candidate
  const std::vector<double>* ndcg;       ///< null: not known, or each query has one right candidate
  Ranks picture_of_query;
  std::vector<SortedRanks> galleries;

  bool knows_ndcg() const { return ndcg || !precision; }
};

const std::vector<double>* if_any(const std::vector<double>& values) { return values.empty() ? nullptr : &values; }

std::vector<Way> ways_of(const RetrievalResult& result) {
  Ranks itself(result.images);
  std::iota(itself.begin(), itself.end(), 0);
  const RetrievalRanks& ranks = result.ranks;
  std::vector<Way> ways = {
      {"image_to_text", &ranks.image_to_text, &ranks.image_precision, if_any(ranks.image_ndcg), itself, {}},
      {"text_to_image",
       &ranks.text_to_image,
       if_any(ranks.text_precision),
       if_any(ranks.text_ndcg),
       result.image_of_query,
       {}}};
  const std::int64_t size = result.images / result.galleries;
  for (Way& way : ways) {
    for (std::int64_t begin = 0; begin < result.images; begin += size)
      way.galleries.emplace_back(*way.ranks, way.picture_of_query, begin, begin + size);
  }
  return ways;
}

/// Columns of sums: queries, hits at each k, rank, 1 / rank, precision, nDCG@10 if it is known.
at::Tensor statistics_of(const Way& way, std::int64_t pictures, const std::vector<std::int64_t>& ks) {
  const auto width = static_cast<std::int64_t>(ks.size()) + (way.knows_ndcg() ? 5 : 4);
  at::Tensor statistics = at::zeros({pictures, width}, at::kDouble);
  auto cell = statistics.accessor<double, 2>();
  for (std::size_t q = 0; q < way.ranks->size(); ++q) {
    const std::int64_t rank = (*way.ranks)[q];
    auto row = cell[way.picture_of_query[q]];
    std::int64_t c = 0;
    row[c++] += 1;
    for (const std::int64_t k : ks) row[c++] += rank <= k ? kPercent : 0;
    row[c++] += static_cast<double>(rank);
    row[c++] += 1 / static_cast<double>(rank);
    const double first = rank == 1 ? 1.0 : 0.0;
    row[c++] += way.precision ? (*way.precision)[q] : first;
    if (way.knows_ndcg()) row[c++] += way.ndcg ? (*way.ndcg)[q] : ndcg_10_of(rank);
  }
  return statistics;
}

/// A metric's value and what it was in each resample.
struct Drawn {
  std::string way, metric;
  double value = 0;
  std::vector<double> draws;
};

std::vector<std::string> mean_names(const std::vector<std::int64_t>& ks, bool with_ndcg) {
  std::vector<std::string> names;
  for (const std::int64_t k : ks) names.push_back("r" + std::to_string(k));
  names.insert(names.end(), {"mean_rank", "mrr", "map_r"});
  if (with_ndcg) names.emplace_back("ndcg_10");
  return names;
}

std::vector<double> quotients(const at::Tensor& sums, std::int64_t above, std::int64_t below) {
  const auto cell = sums.accessor<double, 2>();
  std::vector<double> values(sums.size(0));
  for (std::int64_t s = 0; s < sums.size(0); ++s) values[s] = cell[s][above] / cell[s][below];
  return values;
}

std::vector<Drawn> draw_way(const Way& way, std::int64_t pictures, const std::vector<std::int64_t>& ks,
                            const BootstrapOptions& options) {
  const at::Tensor statistics = statistics_of(way, pictures, ks);
  const at::Tensor total = statistics.sum(0, /*keepdim=*/true);
  Drawn median{.way = way.name, .metric = "median_rank", .draws = std::vector<double>(options.samples)};
  const auto median_of = [&](const double* counts) {
    double sum = 0;
    for (const SortedRanks& gallery : way.galleries) sum += gallery.median(counts);
    return sum / static_cast<double>(way.galleries.size());
  };
  median.value = median_of(std::vector<double>(pictures, 1.0).data());
  const at::Tensor sums = resampled_sums(statistics, options, [&](std::int64_t sample, const double* counts) {
    median.draws[sample] = median_of(counts);
  });
  std::vector<Drawn> drawn;
  const std::vector<std::string> names = mean_names(ks, way.knows_ndcg());
  for (std::size_t m = 0; m < names.size(); ++m) {
    if (m == ks.size()) drawn.push_back(median);
    const auto column = static_cast<std::int64_t>(m) + 1;
    drawn.push_back({.way = way.name,
                     .metric = names[m],
                     .value = quotients(total, column, 0)[0],
                     .draws = quotients(sums, column, 0)});
  }
  return drawn;
}

void add(Drawn& sum, const Drawn& one) {
  sum.value += one.value;
  sum.draws.resize(one.draws.size(), 0.0);
  for (std::size_t s = 0; s < one.draws.size(); ++s) sum.draws[s] += one.draws[s];
}

std::vector<Drawn> draw_all(const RetrievalResult& result, const std::vector<std::int64_t>& ks,
                            const BootstrapOptions& options) {
  std::vector<std::int64_t> counted = ks;
  for (const std::int64_t k : {1, 5, 10}) {
    if (std::find(ks.begin(), ks.end(), k) == ks.end()) counted.push_back(k);
  }
  Drawn sum{.way = "both", .metric = "rsum"};
  std::vector<Drawn> all;
  for (const Way& way : ways_of(result)) {
    for (Drawn& drawn : draw_way(way, result.images, counted, options)) {
      for (const char* name : {"r1", "r5", "r10"}) {
        if (drawn.metric == name) add(sum, drawn);
      }
      const bool asked = drawn.metric[0] != 'r' || std::any_of(ks.begin(), ks.end(), [&](std::int64_t k) {
                           return drawn.metric == "r" + std::to_string(k);
                         });
      if (asked) all.push_back(std::move(drawn));
    }
  }
  all.push_back(std::move(sum));
  return all;
}

RecallCurve curve_of(const Way& way, std::int64_t pictures, std::int64_t largest_k, const BootstrapOptions& options) {
  at::Tensor statistics = at::zeros({pictures, largest_k + 1}, at::kDouble);
  auto cell = statistics.accessor<double, 2>();
  for (std::size_t q = 0; q < way.ranks->size(); ++q) {
    auto row = cell[way.picture_of_query[q]];
    row[0] += 1;
    for (std::int64_t k = (*way.ranks)[q]; k <= largest_k; ++k) row[k] += kPercent;
  }
  const at::Tensor total = statistics.sum(0, true);
  const at::Tensor sums = resampled_sums(statistics, options);
  RecallCurve curve;
  for (std::int64_t k = 1; k <= largest_k; ++k) {
    const Interval interval = percentile_interval(quotients(sums, k, 0), options.level);
    curve.recall.push_back(quotients(total, k, 0)[0]);
    curve.low.push_back(interval.low);
    curve.high.push_back(interval.high);
  }
  return curve;
}

}  // namespace

std::vector<MetricInterval> retrieval_intervals(const RetrievalResult& result, const std::vector<std::int64_t>& ks,
                                                const BootstrapOptions& options) {
  std::vector<MetricInterval> intervals;
  for (Drawn& drawn : draw_all(result, ks, options)) {
    intervals.push_back({.way = drawn.way,
                         .metric = drawn.metric,
                         .value = drawn.value,
                         .interval = percentile_interval(std::move(drawn.draws), options.level)});
  }
  return intervals;
}

std::vector<MetricDifference> paired_differences(const RetrievalResult& ours, const RetrievalResult& theirs,
                                                 const std::vector<std::int64_t>& ks, const BootstrapOptions& options) {
  TORCH_CHECK_VALUE(ours.images == theirs.images && ours.image_of_query == theirs.image_of_query,
                    "paired_differences: both must be of the same queries, got ", ours.images, " pictures with ",
                    ours.captions, " captions and ", theirs.images, " with ", theirs.captions,
                    " or captions of other pictures");
  const std::vector<Drawn> our_draws = draw_all(ours, ks, options);
  const std::vector<Drawn> their_draws = draw_all(theirs, ks, options);
  std::vector<MetricDifference> differences;
  for (const Drawn& our : our_draws) {
    const auto their = std::find_if(their_draws.begin(), their_draws.end(), [&](const Drawn& drawn) {
      return drawn.way == our.way && drawn.metric == our.metric;
    });
    if (their == their_draws.end()) continue;
    std::vector<double> draws = our.draws;
    for (std::size_t s = 0; s < draws.size(); ++s) draws[s] -= their->draws[s];
    differences.push_back({.way = our.way,
                           .metric = our.metric,
                           .ours = our.value,
                           .theirs = their->value,
                           .difference = our.value - their->value,
                           .interval = percentile_interval(draws, options.level),
                           .p = two_sided_p(draws)});
  }
  return differences;
}

RecallCurves recall_curves(const RetrievalResult& result, std::int64_t largest_k, const BootstrapOptions& options) {
  TORCH_CHECK_VALUE(largest_k >= 1, "recall_curves: largest_k must be at least 1, got ", largest_k);
  const std::vector<Way> ways = ways_of(result);
  return {.image_to_text = curve_of(ways[0], result.images, largest_k, options),
          .text_to_image = curve_of(ways[1], result.images, largest_k, options)};
}

std::vector<PartRecall> part_recalls(const std::vector<std::int64_t>& ranks,
                                     const std::vector<std::int64_t>& picture_of_query, std::int64_t pictures,
                                     const std::vector<QueryPart>& parts, const std::vector<std::int64_t>& ks,
                                     const BootstrapOptions& options) {
  const auto width = static_cast<std::int64_t>(ks.size()) + 1;
  at::Tensor statistics = at::zeros({pictures, static_cast<std::int64_t>(parts.size()) * width}, at::kDouble);
  auto cell = statistics.accessor<double, 2>();
  for (std::size_t p = 0; p < parts.size(); ++p) {
    TORCH_CHECK_VALUE(!parts[p].queries.empty(), "part_recalls: every part must have a query, got none in part ", p);
    for (const std::int64_t q : parts[p].queries) {
      std::int64_t c = static_cast<std::int64_t>(p) * width;
      auto row = cell[picture_of_query[q]];
      row[c++] += 1;
      for (const std::int64_t k : ks) row[c++] += ranks[q] <= k ? kPercent : 0;
    }
  }
  const at::Tensor total = statistics.sum(0, true);
  const at::Tensor sums = options.samples > 0 ? resampled_sums(statistics, options) : at::Tensor();
  std::vector<PartRecall> recalls;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    const std::int64_t below = static_cast<std::int64_t>(p) * width;
    PartRecall part{.queries = static_cast<std::int64_t>(parts[p].queries.size())};
    for (std::int64_t above = below + 1; above < below + width; ++above) {
      part.recall.push_back(quotients(total, above, below)[0]);
      if (sums.defined()) part.intervals.push_back(percentile_interval(quotients(sums, above, below), options.level));
    }
    recalls.push_back(std::move(part));
  }
  return recalls;
}

}  // namespace tandem
