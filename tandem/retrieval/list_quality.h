// What the places of the right answers in a ranked list say of the list: rank, AP@R and nDCG@10.
#pragma once

#include <cstdint>
#include <vector>

namespace tandem {

struct ListQuality {
  std::int64_t rank = 0;  ///< place of the first right answer
  double precision = 0;   ///< AP@R; see RetrievalRanks
  double ndcg_10 = 0;     ///< 0 to 1
};

/// nDCG@10 with a gain of 1 for a right answer and 0 for any other (Jarvelin & Kekalainen 2002, ACM
/// TOIS 20(4); trec_eval's ndcg_cut_10 and MTEB's main score): the sum of 1 / log2(place + 1) over
/// the right answers on the first ten places, divided by what it is if all right answers come first.
///
///   places  of all right answers among the candidates, ascending, from 1
ListQuality list_quality(const std::vector<std::int64_t>& places);

/// nDCG@10 of a list with one right answer, which has this place.
double ndcg_10_of(std::int64_t rank);

/// The mean of nDCG@10 over all orders of the candidates, `right` of which are right.
double ndcg_10_by_chance(std::int64_t right, std::int64_t candidates);

}  // namespace tandem
