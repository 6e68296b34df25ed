// How well each side finds the other: rank of the true partner, recall@k, median and mean rank.
// The protocol is the usual one for several captions a picture (Karpathy & Fei-Fei 2015, arXiv:1412.2306, section 4.2):
// a picture's rank is that of its best-placed caption; every caption has a rank of its own.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tandem {

/// Similarities nearer than this are a tie, and ties count against us: a model that maps everything to one point gets the
/// worst ranks there are, not the best. The margin is the rounding of a dot product of unit rows in fp32.
inline constexpr double kTieMargin = 1e-6;

struct RetrievalRanks {
  std::vector<std::int64_t> image_to_text;  ///< [N]: 1 + captions of other pictures at least as near as the best own one
  std::vector<std::int64_t> text_to_image;  ///< [M]: 1 + other pictures at least as near as the own one
};

/// Ranks every caption for every picture and back, all N * M similarities computed once, in tiles.
///
///   image          [N, D]  float32, rows of unit length
///   text           [M, D]  float32, rows of unit length
///   image_of_text  [M]     int64: the row of `image` that caption describes; every picture has a caption
///
/// Extra memory is a few tiles, whatever N and M are.
/// Throws c10::ValueError if shapes or types differ, a value is not finite, or a picture has no caption.
RetrievalRanks retrieval_ranks(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text);

/// One direction in numbers. Recalls are percentages of the queries.
struct RetrievalSummary {
  double r1 = 0;
  double r5 = 0;
  double r10 = 0;
  double median_rank = 0;
  double mean_rank = 0;
};

/// Percentage of ranks that are at most k. Throws c10::ValueError if there are no ranks.
double recall_at(const std::vector<std::int64_t>& ranks, std::int64_t k);

/// The median of an even number of ranks is the mean of the middle two.
RetrievalSummary summarise_ranks(const std::vector<std::int64_t>& ranks);

/// What embeddings that know nothing would get on average, every order of the candidates being equally likely. A picture
/// with many captions has many chances, so image to text is a little easier than text to image.
struct ChanceLevel {
  RetrievalSummary image_to_text;
  RetrievalSummary text_to_image;
};

///   captions_per_image  [N], each at least 1
/// Throws c10::ValueError if it is empty or holds a zero.
ChanceLevel chance_level(const std::vector<std::int64_t>& captions_per_image);

/// Mean of the six recalls: the one number that epochs are chosen by.
double mean_recall(const RetrievalRanks& ranks);

}  // namespace tandem
