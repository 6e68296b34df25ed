// The pairs a model aligns best and worst, as one self-contained page.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/figures/page_picture.h"

namespace tandem {

struct RankedCaption {
  std::string text;
  double similarity = 0;
  std::int64_t rank = 0;  ///< place among all captions of the split, for this picture; from 1
};

struct RankedPicture {
  PagePicture picture;
  double similarity = 0;
  std::int64_t rank = 0;  ///< place among all pictures of the split, for the caption that asked; from 1
};

/// One picture with everything the page says about it.
struct Example {
  PagePicture picture;
  std::vector<RankedCaption> own_captions;  ///< its true captions, the one the pair is about first
  std::vector<RankedCaption>
      preferred_captions;         ///< captions of other pictures the model puts nearest; may be empty
  std::int64_t picture_rank = 0;  ///< place of this picture for the first own caption; 0: not said
  std::vector<RankedPicture>
      preferred_pictures;  ///< other pictures nearest to the first own caption; may be empty
};

/// Writes the page: best-aligned pairs, then worst-aligned, a card each. It needs no network.
///
///   note  one or two sentences under the title: split, numbers, how "best" was decided
///
/// Throws c10::ValueError if an example has no own caption, a similarity is not finite or a thumbnail is not
/// a data:image/ URI; FileError if `out` does not end in .html or cannot be written.
void write_examples_page(const std::filesystem::path& out, const std::string& title, const std::string& note,
                         const std::vector<Example>& best, const std::vector<Example>& worst);

}  // namespace tandem
