// Which candidates are searched: the protocols under which retrieval results of papers can be
// compared.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tandem/retrieval/chance.h"
#include "tandem/retrieval/ranks.h"
#include "tandem/retrieval/recall.h"
#include "tandem/retrieval/right_answers.h"

namespace tandem {

/// COCO's protocols are those of Karpathy & Fei-Fei (2015, arXiv:1412.2306, section 4.2) on the
/// 5,000 test pictures of their split.
enum class Protocol {
  kAll,     ///< every picture and caption in one gallery
  kCoco5k,  ///< 5,000 pictures and the first five captions of each, one gallery
  kCoco1k,  ///< the same in five galleries of 1,000, in order; every number is the mean of the five
};

/// "all", "coco-5k", "coco-1k".
std::optional<Protocol> protocol_named(std::string_view name);

/// The queries of all galleries together. With several galleries every number is the mean over
/// them.
struct RetrievalResult {
  RetrievalSummary image_to_text;
  RetrievalSummary text_to_image;
  ChanceLevel chance;
  std::int64_t galleries = 1;
  std::int64_t images = 0;            ///< queries from pictures
  std::int64_t captions = 0;          ///< queries from captions
  std::int64_t gallery_images = 0;    ///< pictures that are candidates, in one gallery
  std::int64_t gallery_captions = 0;  ///< captions that are candidates, in one gallery

  // Per query, for intervals, curves and slices. Pictures are in the order of their rows, gallery
  // after gallery.
  RetrievalRanks ranks;
  std::vector<std::int64_t> text_rows;       ///< [captions] the row of `text`
  std::vector<std::int64_t> image_of_query;  ///< [captions] index of the picture that the caption describes
};

/// Arguments as for retrieval_ranks; the galleries follow the order of the rows of `image`.
///
///   same  captions with the same text, whose pictures are then all right; empty: the pairs alone are right
///
/// Throws c10::ValueError as retrieval_ranks and RightAnswers do, and under COCO's protocols unless
/// there are exactly 5,000 pictures with at least five captions each and no distractors.
RetrievalResult measure_retrieval(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                                  Protocol protocol, const Distractors& others = {}, const Progress& progress = {},
                                  const SameCaptions& same = {});

}  // namespace tandem
