#include "tandem/retrieval/chance.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "tandem/retrieval/list_quality.h"

namespace tandem {
namespace {

/// The first of `own` right candidates among `all` in random order: position up to k with
/// probability reached[k - 1].
std::vector<double> first_hit(std::int64_t own, std::int64_t all) {
  std::vector<double> reached;
  double missed = 1;  // Probability that none of the first k candidates is right.
  for (std::int64_t k = 1; k <= all - own + 1; ++k) {
    missed *= static_cast<double>(all - own - k + 1) / static_cast<double>(all - k + 1);
    reached.push_back(1 - missed);
  }
  reached.resize(all, 1.0);
  return reached;
}

/// Place r is right with probability own / all; then each of the r - 1 before it is, with (own - 1)
/// / (all - 1).
double expected_precision(std::int64_t own, std::int64_t all) {
  const double before = all > 1 ? static_cast<double>(own - 1) / static_cast<double>(all - 1) : 0;
  double sum = 0;
  for (std::int64_t r = 1; r <= own; ++r) sum += (1 + static_cast<double>(r - 1) * before) / static_cast<double>(r);
  return sum / static_cast<double>(all);
}

/// Mixes the queries: each entry of `queries` is (right candidates, number of such queries).
RetrievalSummary mix_chances(const std::map<std::int64_t, std::int64_t>& queries, std::int64_t candidates,
                             std::vector<double>& recall_at) {
  double total = 0;
  for (const auto& [own, count] : queries) total += static_cast<double>(count);
  recall_at.assign(candidates, 0.0);
  RetrievalSummary summary;
  for (const auto& [own, count] : queries) {
    const std::vector<double> reached = first_hit(own, candidates);
    const double share = static_cast<double>(count) / total;
    summary.mean_rank += share * static_cast<double>(candidates + 1) / static_cast<double>(own + 1);
    summary.average_precision += share * expected_precision(own, candidates);
    summary.ndcg_10 += share * ndcg_10_by_chance(own, candidates);
    for (std::int64_t k = 0; k < candidates; ++k) {
      recall_at[k] += 100 * share * reached[k];
      summary.reciprocal_rank += share * (reached[k] - (k > 0 ? reached[k - 1] : 0)) / static_cast<double>(k + 1);
    }
  }
  const auto percent = [&](std::int64_t k) { return recall_at[std::min(k, candidates) - 1]; };
  summary.r1 = percent(1);
  summary.r5 = percent(5);
  summary.r10 = percent(10);
  const auto half = std::lower_bound(recall_at.begin(), recall_at.end(), 50 - 1e-10);
  summary.median_rank = static_cast<double>(half - recall_at.begin() + 1);
  return summary;
}

/// For each number of right candidates, how many queries have it.
std::map<std::int64_t, std::int64_t> queries_with(const std::vector<std::int64_t>& right, std::int64_t most,
                                                  const char* what) {
  TORCH_CHECK_VALUE(!right.empty(), "chance_level: at least one ", what, " was needed, got none");
  std::map<std::int64_t, std::int64_t> queries;
  for (const std::int64_t count : right) {
    TORCH_CHECK_VALUE(count > 0 && count <= most, "chance_level: every ", what, " must have 1 to ", most,
                      " right candidates, got ", count);
    ++queries[count];
  }
  return queries;
}

}  // namespace

ChanceLevel chance_level(const std::vector<std::int64_t>& captions_per_image, std::int64_t other_images,
                         std::int64_t other_texts) {
  const std::int64_t texts = std::accumulate(captions_per_image.begin(), captions_per_image.end(), std::int64_t{0});
  const auto images = static_cast<std::int64_t>(captions_per_image.size());
  for (const std::int64_t captions : captions_per_image)
    TORCH_CHECK_VALUE(captions > 0, "chance_level: every picture must have a caption, got ", captions);
  return chance_of_right_answers(captions_per_image, std::vector<std::int64_t>(texts, 1), images + other_images,
                                 texts + other_texts);
}

ChanceLevel chance_of_right_answers(const std::vector<std::int64_t>& texts_per_image,
                                    const std::vector<std::int64_t>& images_per_text, std::int64_t images,
                                    std::int64_t texts) {
  ChanceLevel chance;
  chance.image_to_text = mix_chances(queries_with(texts_per_image, texts, "picture"), texts, chance.image_to_text_at);
  chance.text_to_image = mix_chances(queries_with(images_per_text, images, "caption"), images, chance.text_to_image_at);
  return chance;
}

}  // namespace tandem
