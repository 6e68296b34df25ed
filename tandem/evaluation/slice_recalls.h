// Where a model fails: recall of kinds of captions and of pictures.
#pragma once

#include <string>
#include <vector>

#include "tandem/analysis/slices.h"
#include "tandem/evaluation/retrieval_input.h"
#include "tandem/retrieval/retrieval_intervals.h"

namespace tandem {

/// A slice in one direction. Captions are queries text to image; of pictures' slices there are both
/// directions.
struct SliceRecall {
  Slice slice;
  std::string way;  ///< "image_to_text" or "text_to_image"
  PartRecall recall;
};

struct SliceReport {
  std::vector<SliceRecall> slices;
  std::vector<std::string> left_out;  ///< what could not be told apart, and why
};

/// Pictures are looked at once (kept_survey); word lists come from `words`, a file, or from the
/// program if that is empty.
SliceReport slice_recalls(const RetrievalInput& input, const RetrievalResult& result,
                          const std::vector<std::int64_t>& ks, const std::string& words,
                          const BootstrapOptions& bootstrap, const Stages& stages, const Notice& notice);

}  // namespace tandem
