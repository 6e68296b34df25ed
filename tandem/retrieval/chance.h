// The average results of embeddings without any information: every order of the candidates is
// equally likely.
#pragma once

#include <cstdint>
#include <vector>

#include "tandem/retrieval/recall.h"

namespace tandem {

/// A query with many right candidates is easier: a picture with many captions, a caption that many
/// pictures share.
struct ChanceLevel {
  RetrievalSummary image_to_text;
  RetrievalSummary text_to_image;
  std::vector<double> image_to_text_at;  ///< [candidates] recall at k = 1, 2, ..., in percent
  std::vector<double> text_to_image_at;
};

/// Every caption has one right picture, its own.
///
///   captions_per_image         [N], each at least 1
///   other_images, other_texts  number of distractors in the gallery
///
/// Throws c10::ValueError if captions_per_image is empty or holds a 0.
ChanceLevel chance_level(const std::vector<std::int64_t>& captions_per_image, std::int64_t other_images = 0,
                         std::int64_t other_texts = 0);

/// The same for any numbers of right candidates.
///
///   texts_per_image  [N] right captions of every picture, each 1 to `texts`
///   images_per_text  [M] right pictures of every caption, each 1 to `images`
///   images, texts    number of candidates in the gallery
///
/// Throws c10::ValueError if there is no query, or a number is out of range.
ChanceLevel chance_of_right_answers(const std::vector<std::int64_t>& texts_per_image,
                                    const std::vector<std::int64_t>& images_per_text, std::int64_t images,
                                    std::int64_t texts);

}  // namespace tandem
