// Pairs a model aligns well, nearly and badly, as one self-contained page.
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
  std::vector<RankedCaption> own_captions;        ///< its true captions, the one the pair is about first
  std::vector<RankedCaption> preferred_captions;  ///< captions of other pictures the model puts nearest; may be empty
  std::int64_t picture_rank = 0;                  ///< place of this picture for the first own caption; 0: not said
  std::vector<RankedPicture> preferred_pictures;  ///< other pictures nearest to the first own caption; may be empty
};

/// Examples of one kind, under a heading.
struct ExampleSection {
  std::string name;  ///< "Best aligned"; sections of one page have different names
  std::string what;  ///< one sentence: which pairs these are
  std::vector<Example> examples;
};

/// How many captions have their picture at these ranks.
struct RankShare {
  std::string name;  ///< "rank 2 to 5"
  std::int64_t count = 0;
};

/// Writes the page: the shares as a bar, then section after section, a card an example. It needs no
/// network, reads on a phone and prints.
///
///   note    one or two sentences under the title: split, numbers, how pairs were ordered
///   shares  nearest first; empty: no bar
///
/// Throws c10::ValueError if an example has no own caption, a similarity is not finite or a
/// thumbnail is not a data:image/ URI; FileError if `out` does not end in .html or cannot be
/// written.
void write_examples_page(const std::filesystem::path& out, const std::string& title, const std::string& note,
                         const std::vector<RankShare>& shares, const std::vector<ExampleSection>& sections);

}  // namespace tandem
