// How well each side finds the other: recall@k, ranks, reciprocal ranks, mean average precision at
// R, nDCG@10.
#pragma once

#include <cstdint>
#include <vector>

#include "tandem/retrieval/ranks.h"

namespace tandem {

/// The metrics of one direction. Recalls are percentages of the queries.
struct RetrievalSummary {
  double r1 = 0;
  double r5 = 0;
  double r10 = 0;
  double median_rank = 0;
  double mean_rank = 0;
  double reciprocal_rank = 0;    ///< mean of 1 / rank (MRR), 0 to 1
  double average_precision = 0;  ///< mean of AP@R (mAP@R; see RetrievalRanks), 0 to 1
  double ndcg_10 = 0;            ///< mean of nDCG@10 (list_quality.h), 0 to 1; NaN if it is not known
};

/// The percentage of ranks that are at most k. Throws c10::ValueError if there are no ranks.
double recall_at(const std::vector<std::int64_t>& ranks, std::int64_t k);

/// The metrics of one direction from its ranks. The median of an even number of ranks is the mean
/// of the middle two.
///
///   precision  AP@R of every query; empty: each query has one right candidate
///   ndcg       nDCG@10 of every query; empty: not known, or as `precision` says
///
/// Throws c10::ValueError if there are no ranks, or the number of precisions or of nDCGs differs.
RetrievalSummary summarise_ranks(const std::vector<std::int64_t>& ranks, const std::vector<double>& precision = {},
                                 const std::vector<double>& ndcg = {});

/// The mean of the six recalls, by which the best epoch is chosen.
double mean_recall(const RetrievalRanks& ranks);

/// Sum of the six recalls, "rsum", up to 600.
double recall_sum(const RetrievalSummary& image_to_text, const RetrievalSummary& text_to_image);

}  // namespace tandem
