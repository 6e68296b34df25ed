// What 'tandem eval' measures: a run's split, or two files of embeddings from elsewhere.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <vector>

#include "tandem/model/embedded_split.h"
#include "tandem/retrieval/ranks.h"

namespace tandem {

struct RunArguments {
  std::string run;
  std::string features;
  std::string split = "test";
  std::vector<std::string> gallery_splits;  ///< more candidates; "all": every other split
};

struct EmbeddingArguments {
  std::vector<std::string> image, text;              ///< files as read_feature_rows has them
  std::vector<std::string> more_images, more_texts;  ///< candidates that are no queries
  std::string image_of_text, ids, captions;
};

struct EvalInput {
  std::string title;                      ///< "flickr8k, split test"
  std::string lengths;                    ///< what was done about the rows' lengths, for the protocol
  std::string gallery;                    ///< what else is searched; empty: nothing
  at::Tensor image, text, image_of_text;  ///< as retrieval_ranks takes them
  Distractors others;
  std::vector<std::string> ids;           ///< [N] of the pictures
  std::vector<std::string> captions;      ///< [M]; empty where they are not known
  std::optional<EmbeddedSplit> embedded;  ///< of a run
};

/// Throws FileError as embed_split does, and if a split of the gallery holds no picture.
EvalInput read_run_input(const RunArguments& arguments);

/// Rows are divided by their lengths, so that similarity is the cosine.
/// Throws FileError naming file and row if a row is NaN or zero, widths differ, or ids, captions
/// and pairs do not fit the rows.
EvalInput read_embeddings(const EmbeddingArguments& arguments);

}  // namespace tandem
