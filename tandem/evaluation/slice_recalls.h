// Recall of slices: kinds of captions and kinds of pictures. Shows where a model fails.
#pragma once

#include <string>
#include <vector>

#include "tandem/analysis/slices.h"
#include "tandem/evaluation/retrieval_input.h"
#include "tandem/retrieval/retrieval_intervals.h"

namespace tandem {

/// The recall of one slice in one direction. Slices of captions are measured text to image only,
/// slices of pictures in both directions.
struct SliceRecall {
  Slice slice;
  std::string way;  ///< "image_to_text" or "text_to_image"
  PartRecall recall;
};

struct SliceReport {
  std::vector<SliceRecall> slices;
  std::vector<std::string> left_out;  ///< which slices could not be made, and why
};

/// Which pictures are looked at for their brightness and size.
enum class SliceLooks {
  kStore,  ///< all of the store, once: the result is kept (kept_survey)
  kSplit   ///< only those measured, unless the result for all was kept
};

/// Recall at `ks` of all slices: caption length, kinds of words, brightness and size of pictures.
/// Looks at the pictures once, unless they were looked at before.
///
///   result  of measure_retrieval on `input`
///   words   file with word lists; empty: the built-in ones
///   notice  gets the notices of kept_survey
///
/// Throws FileError if `words` cannot be read or has another form.
SliceReport slice_recalls(const RetrievalInput& input, const RetrievalResult& result,
                          const std::vector<std::int64_t>& ks, const std::string& words,
                          const BootstrapOptions& bootstrap, const Stages& stages, const Notice& notice,
                          SliceLooks looks = SliceLooks::kStore);

}  // namespace tandem
