// The average results of embeddings without any information: every order of the candidates is
// equally likely.
#pragma once

#include <cstdint>
#include <vector>

#include "tandem/retrieval/recall.h"

namespace tandem {

/// A picture with many captions has many right candidates, so image to text is a little easier than
/// text to image.
struct ChanceLevel {
  RetrievalSummary image_to_text;
  RetrievalSummary text_to_image;
  std::vector<double> image_to_text_at;  ///< [candidates] recall at k = 1, 2, ..., in percent
  std::vector<double> text_to_image_at;
};

///   captions_per_image         [N], each at least 1
///   other_images, other_texts  number of distractors in the gallery
///
/// Throws c10::ValueError if captions_per_image is empty or holds a 0.
ChanceLevel chance_level(const std::vector<std::int64_t>& captions_per_image, std::int64_t other_images = 0,
                         std::int64_t other_texts = 0);

}  // namespace tandem
