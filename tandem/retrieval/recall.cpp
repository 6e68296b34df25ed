#include "tandem/retrieval/recall.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "tandem/retrieval/list_quality.h"

namespace tandem {
namespace {

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double mean_ndcg_of(const std::vector<std::int64_t>& ranks) {
  double sum = 0;
  for (const std::int64_t rank : ranks) sum += ndcg_10_of(rank);
  return sum / static_cast<double>(ranks.size());
}

}  // namespace

double recall_at(const std::vector<std::int64_t>& ranks, std::int64_t k) {
  TORCH_CHECK_VALUE(!ranks.empty(), "recall_at: at least one rank was needed, got none");
  const auto within = std::count_if(ranks.begin(), ranks.end(), [k](std::int64_t rank) { return rank <= k; });
  return 100.0 * static_cast<double>(within) / static_cast<double>(ranks.size());
}

RetrievalSummary summarise_ranks(const std::vector<std::int64_t>& ranks, const std::vector<double>& precision,
                                 const std::vector<double>& ndcg) {
  TORCH_CHECK_VALUE(!ranks.empty(), "summarise_ranks: at least one rank was needed, got none");
  TORCH_CHECK_VALUE(precision.empty() || precision.size() == ranks.size(), "summarise_ranks: precision must be of the ",
                    ranks.size(), " queries, got ", precision.size());
  TORCH_CHECK_VALUE(ndcg.empty() || ndcg.size() == ranks.size(), "summarise_ranks: ndcg must be of the ", ranks.size(),
                    " queries, got ", ndcg.size());
  std::vector<std::int64_t> sorted = ranks;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t middle = sorted.size() / 2;
  const double median = sorted.size() % 2 == 1 ? static_cast<double>(sorted[middle])
                                               : static_cast<double>(sorted[middle - 1] + sorted[middle]) / 2;
  const auto queries = static_cast<double>(ranks.size());
  const double sum = static_cast<double>(std::accumulate(sorted.begin(), sorted.end(), std::int64_t{0}));
  const double reciprocals = std::accumulate(sorted.begin(), sorted.end(), 0.0, [](double total, std::int64_t rank) {
    return total + 1 / static_cast<double>(rank);
  });
  const double r1 = recall_at(ranks, 1);
  const double one_right = precision.empty() ? mean_ndcg_of(ranks) : std::numeric_limits<double>::quiet_NaN();
  return {.r1 = r1,
          .r5 = recall_at(ranks, 5),
          .r10 = recall_at(ranks, 10),
          .median_rank = median,
          .mean_rank = sum / queries,
          .reciprocal_rank = reciprocals / queries,
          .average_precision = precision.empty() ? r1 / 100 : mean(precision),
          .ndcg_10 = ndcg.empty() ? one_right : mean(ndcg)};
}

double mean_recall(const RetrievalRanks& ranks) {
  double sum = 0;
  for (const std::int64_t k : {1, 5, 10}) sum += recall_at(ranks.image_to_text, k) + recall_at(ranks.text_to_image, k);
  return sum / 6;
}

double recall_sum(const RetrievalSummary& image_to_text, const RetrievalSummary& text_to_image) {
  double sum = 0;
  for (const RetrievalSummary* way : {&image_to_text, &text_to_image}) sum += way->r1 + way->r5 + way->r10;
  return sum;
}

}  // namespace tandem
