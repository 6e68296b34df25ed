// Pairs that a model aligns well, nearly and badly, as one self-contained page.
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
  std::int64_t rank = 0;  ///< among all captions of the split, for this picture; from 1
};

struct RankedPicture {
  PagePicture picture;
  double similarity = 0;
  std::int64_t rank = 0;  ///< among all pictures of the split, for the caption in question; from 1
};

/// One picture with everything the page shows about it.
struct Example {
  PagePicture picture;
  std::vector<RankedCaption> own_captions;        ///< its true captions, that of the pair first
  std::vector<RankedCaption> preferred_captions;  ///< the nearest captions of other pictures; may be empty
  std::int64_t picture_rank = 0;                  ///< rank of this picture for the first own caption; 0: not shown
  std::vector<RankedPicture> preferred_pictures;  ///< the other pictures nearest to the first own caption; may be empty
};

/// Examples of one kind, under a heading.
struct ExampleSection {
  std::string name;  ///< "Best aligned"; unique within a page
  std::string what;  ///< one sentence: which pairs these are
  std::vector<Example> examples;
};

/// The number of captions whose picture has these ranks.
struct RankShare {
  std::string name;  ///< "rank 2 to 5"
  std::int64_t count = 0;
};

/// Writes the page: the shares as a bar, then section after section, with one card per example. It
/// needs no network, can be read on a phone and can be printed.
///
///   note    one or two sentences under the title: split, numbers, order of the pairs
///   shares  nearest first; empty: no bar
///
/// Throws c10::ValueError if an example has no own caption, a similarity is not finite or a
/// thumbnail is not a data:image/ URI; FileError if `out` does not end in .html or cannot be
/// written.
void write_examples_page(const std::filesystem::path& out, const std::string& title, const std::string& note,
                         const std::vector<RankShare>& shares, const std::vector<ExampleSection>& sections);

}  // namespace tandem
