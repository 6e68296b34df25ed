// Pairs drawn at random for figures, and the queries made of them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tandem/figures/retrieval_strips.h"
#include "tandem/model/embedded_split.h"
#include "tandem/retrieval/ranks.h"

namespace tandem {

/// Pictures in the order in which they were drawn, each with one of its captions, drawn too. The
/// first few are a random sample themselves.
struct PairSample {
  at::Tensor images;  ///< [n] int64, rows of the split's pictures
  at::Tensor texts;   ///< [n] int64, rows of its captions
};

/// At most `count` pairs, no picture twice. The same seed draws the same pairs.
PairSample draw_pairs(const PairedFeatures& pairs, std::int64_t count, std::uint64_t seed);

/// The first `count` pairs of the sample as queries with their `answers` nearest candidates.
std::vector<CaptionQuery> caption_queries(const EmbeddedSplit& embedded, const PairSample& sample,
                                          const RetrievalRanks& ranks, std::int64_t count, std::int64_t answers);
std::vector<PictureQuery> picture_queries(const EmbeddedSplit& embedded, const PairSample& sample,
                                          const RetrievalRanks& ranks, std::int64_t count, std::int64_t answers);

}  // namespace tandem
