// Pairs that a model aligns best, nearly and worst, chosen from a split for the page of examples.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/figures/examples_page.h"
#include "tandem/model/embedded_split.h"

namespace tandem {

/// A caption with its own picture, and how well the caption finds it.
struct RankedPair {
  std::int64_t text = 0;  ///< row of the captions
  std::int64_t image = 0;
  double similarity = 0;  ///< cosine
  std::int64_t rank = 0;  ///< of the picture among all pictures, for the caption; from 1
};

/// Every pair of a split, in the order of the captions. Throws c10::ValueError as retrieval_ranks.
///
///   image          [N, D]  float32, rows of unit length
///   text           [M, D]  float32, rows of unit length
///   image_of_text  [M] int64
std::vector<RankedPair> ranked_pairs(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text);

/// The first `count` pairs by rank, of equal ranks the most similar; at most one pair per picture.
std::vector<RankedPair> best_aligned(const std::vector<RankedPair>& pairs, std::int64_t count);

/// The `count` most similar pairs of ranks 2 to 5, at most one per picture.
std::vector<RankedPair> near_misses(const std::vector<RankedPair>& pairs, std::int64_t count);

/// The last `count` pairs by rank, of equal ranks the least similar; at most one per picture.
std::vector<RankedPair> worst_aligned(const std::vector<RankedPair>& pairs, std::int64_t count);

/// How many captions have their picture at rank 1, 2 to 5, 6 to 10, 11 to 100, and over 100.
std::vector<RankShare> rank_shares(const std::vector<RankedPair>& pairs);

/// The page's three sections, each with at most `count` pairs, and thumbnails of their pictures,
/// which are a stage.
std::vector<ExampleSection> example_sections(const EmbeddedSplit& embedded, const std::vector<RankedPair>& pairs,
                                             std::int64_t count, const Stages& stages = {});

/// Writes the page about the split. Throws as write_examples_page does.
void write_example_pairs(const std::filesystem::path& out, const EmbeddedSplit& embedded, const std::string& split,
                         const std::vector<RankedPair>& pairs, const std::vector<ExampleSection>& sections);

}  // namespace tandem
