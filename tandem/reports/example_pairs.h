// The best aligned pairs, near misses and worst aligned pairs of a split, for the page of examples.
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
  std::int64_t text = 0;   ///< row of the captions
  std::int64_t image = 0;  ///< row of the pictures
  double similarity = 0;   ///< cosine
  std::int64_t rank = 0;   ///< of the picture among all pictures, with the caption as query; from 1
};

/// All pairs of a split, one per caption, in the order of the captions.
///
///   image          [N, D]  float32, rows of unit length
///   text           [M, D]  float32, rows of unit length
///   image_of_text  [M]     int64, rows of `image`
///
/// Throws c10::ValueError as retrieval_ranks does.
std::vector<RankedPair> ranked_pairs(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text);

/// The `count` pairs with the best ranks, of equal ranks the most similar; at most one pair per
/// picture.
std::vector<RankedPair> best_aligned(const std::vector<RankedPair>& pairs, std::int64_t count);

/// The `count` most similar pairs of ranks 2 to 5, at most one pair per picture.
std::vector<RankedPair> near_misses(const std::vector<RankedPair>& pairs, std::int64_t count);

/// The `count` pairs with the worst ranks, of equal ranks the least similar; at most one pair per
/// picture.
std::vector<RankedPair> worst_aligned(const std::vector<RankedPair>& pairs, std::int64_t count);

/// The numbers of captions whose picture has rank 1, 2 to 5, 6 to 10, 11 to 100, and over 100.
std::vector<RankShare> rank_shares(const std::vector<RankedPair>& pairs);

/// The three sections of the page, each with at most `count` pairs and the thumbnails of their
/// pictures. Making the thumbnails is one stage.
///
///   pairs  as ranked_pairs returns them
std::vector<ExampleSection> example_sections(const EmbeddedSplit& embedded, const std::vector<RankedPair>& pairs,
                                             std::int64_t count, const Stages& stages = {});

/// Writes the page about the split to the file `out`. Throws as write_examples_page does.
void write_example_pairs(const std::filesystem::path& out, const EmbeddedSplit& embedded, const std::string& split,
                         const std::vector<RankedPair>& pairs, const std::vector<ExampleSection>& sections);

}  // namespace tandem
