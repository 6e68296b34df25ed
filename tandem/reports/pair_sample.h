// Pairs drawn at random for figures, and queries made from them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tandem/figures/retrieval_strips.h"
#include "tandem/model/embedded_split.h"
#include "tandem/retrieval/ranks.h"

namespace tandem {

/// Pictures in the order in which they were drawn, each with one of its captions, also drawn at
/// random. The first n of them are a random sample too, for every n.
struct PairSample {
  at::Tensor images;  ///< [n] int64, rows of the split's pictures
  at::Tensor texts;   ///< [n] int64, rows of its captions
};

/// Draws at most `count` pairs; no picture occurs twice. The same seed draws the same pairs.
PairSample draw_pairs(const PairedFeatures& pairs, std::int64_t count, std::uint64_t seed);

/// The first `count` pairs of the sample as queries, each with its `answers` nearest candidates.
///
///   ranks  of retrieval_ranks on `embedded`
std::vector<CaptionQuery> caption_queries(const EmbeddedSplit& embedded, const PairSample& sample,
                                          const RetrievalRanks& ranks, std::int64_t count, std::int64_t answers);
std::vector<PictureQuery> picture_queries(const EmbeddedSplit& embedded, const PairSample& sample,
                                          const RetrievalRanks& ranks, std::int64_t count, std::int64_t answers);

}  // namespace tandem
