#include "tandem/sweep/standings.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace tandem {
namespace {

/// Recalls in percent that each picture adds, [N, 2]: summed over 1, 5 and 10 from the picture, and
/// from its captions; the mean over seeds.
at::Tensor picture_recalls(const std::vector<Trial>& seeds, const at::Tensor& image_of_text, std::int64_t images) {
  constexpr std::array kAt = {1, 5, 10};
  const double share = 100.0 / static_cast<double>(seeds.size());
  at::Tensor sums = at::zeros({images, 2}, at::kDouble);
  auto cell = sums.accessor<double, 2>();
  const auto picture = image_of_text.accessor<std::int64_t, 1>();
  for (const Trial& trial : seeds) {
    const RetrievalRanks& ranks = trial.dev_ranks;
    TORCH_CHECK_VALUE(static_cast<std::int64_t>(ranks.image_to_text.size()) == images &&
                          static_cast<std::int64_t>(ranks.text_to_image.size()) == image_of_text.size(0),
                      "standings: ranks of ", images, " pictures and ", image_of_text.size(0),
                      " captions were needed, got ", ranks.image_to_text.size(), " and ", ranks.text_to_image.size());
    for (const int k : kAt) {
      for (std::int64_t i = 0; i < images; ++i) cell[i][0] += ranks.image_to_text[i] <= k ? share : 0;
      for (std::int64_t j = 0; j < image_of_text.size(0); ++j)
        cell[picture[j]][1] += ranks.text_to_image[j] <= k ? share : 0;
    }
  }
  return sums;
}

/// Mean of six recalls in every resample of each configuration, [samples][configurations].
at::Tensor resampled_recalls(const std::vector<at::Tensor>& recalls, const at::Tensor& captions,
                             const BootstrapOptions& options) {
  const auto columns = static_cast<std::int64_t>(recalls.size());
  at::Tensor statistics = at::empty({captions.size(0), 2 * columns + 1}, at::kDouble);
  for (std::int64_t c = 0; c < columns; ++c) statistics.narrow(1, 2 * c, 2).copy_(recalls[c]);
  statistics.select(1, 2 * columns).copy_(captions);
  at::Tensor means = at::empty({options.samples, columns}, at::kDouble);
  const auto images = static_cast<double>(captions.size(0));
  for_each_resample(captions.size(0), options, [&](std::int64_t first, const at::Tensor& counts) {
    const at::Tensor sums = at::mm(counts, statistics);
    const auto sum = sums.accessor<double, 2>();
    auto mean = means.accessor<double, 2>();
    for (std::int64_t b = 0; b < counts.size(0); ++b) {
      for (std::int64_t c = 0; c < columns; ++c)
        mean[first + b][c] = (sum[b][2 * c] / images + sum[b][2 * c + 1] / sum[b][2 * columns]) / 6;
    }
  });
  return means;
}

}  // namespace

Spread spread(const std::vector<double>& numbers) {
  TORCH_CHECK_VALUE(!numbers.empty(), "spread: at least one number was needed, got none");
  const auto n = static_cast<double>(numbers.size());
  const double mean = std::accumulate(numbers.begin(), numbers.end(), 0.0) / n;
  double squares = 0;
  for (const double number : numbers) squares += (number - mean) * (number - mean);
  return {.mean = mean, .deviation = numbers.size() > 1 ? std::sqrt(squares / (n - 1)) : 0};
}

std::vector<Standing> standings(const std::vector<std::vector<Trial>>& trials, const at::Tensor& image_of_text,
                                const BootstrapOptions& options) {
  const std::int64_t images = image_of_text.max().item<std::int64_t>() + 1;
  at::Tensor captions = at::zeros({images}, at::kDouble);
  const auto picture = image_of_text.accessor<std::int64_t, 1>();
  for (std::int64_t j = 0; j < image_of_text.size(0); ++j) captions.accessor<double, 1>()[picture[j]] += 1;
  std::vector<Standing> order;
  std::vector<at::Tensor> recalls;
  for (std::size_t c = 0; c < trials.size(); ++c) {
    std::vector<double> numbers;
    for (const Trial& trial : trials[c]) numbers.push_back(trial.dev_recall);
    order.push_back({.configuration = c, .dev_recall = spread(numbers)});
    recalls.push_back(picture_recalls(trials[c], image_of_text, images));
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const Standing& a, const Standing& b) { return a.dev_recall.mean > b.dev_recall.mean; });
  const at::Tensor draws = resampled_recalls(recalls, captions, options);
  const auto draw = draws.accessor<double, 2>();
  const std::size_t best = order.front().configuration;
  for (Standing& standing : order) {
    std::vector<double> differences(options.samples);
    for (std::int64_t s = 0; s < options.samples; ++s) differences[s] = draw[s][standing.configuration] - draw[s][best];
    standing.difference = standing.dev_recall.mean - order.front().dev_recall.mean;
    standing.p = two_sided_p(differences);
    standing.interval = percentile_interval(std::move(differences), options.level);
  }
  return order;
}

}  // namespace tandem
