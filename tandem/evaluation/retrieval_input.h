// What retrieval is measured on: a split embedded by a model, or two files of embeddings from
// elsewhere.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <vector>

#include "tandem/model/embedded_split.h"
#include "tandem/retrieval/ranks.h"

namespace tandem {

struct RunOptions {
  std::string folder;                       ///< of the trained model; empty: embeddings come from elsewhere
  std::string features;                     ///< by the same encoders; empty: those of training
  std::string split = "test";               ///< as split_choice takes it
  std::vector<std::string> gallery_splits;  ///< splits with more candidates; "all": every other split
};

/// Names of files, in the form of feature_files.h.
struct EmbeddingFiles {
  std::vector<std::string> image, text;              ///< read_feature_rows
  std::vector<std::string> more_images, more_texts;  ///< candidates that are no queries
  std::string image_of_text;  ///< read_row_numbers; empty: by `captions`, or caption i is of picture i
  std::string ids;            ///< read_ids; empty: row numbers
  std::string captions;       ///< read_captions; empty: they are not known
};

struct RetrievalInput {
  RunOptions run;                         ///< where the rows come from
  std::string title;                      ///< "flickr8k, split test"
  std::string lengths;                    ///< what was done about the rows' lengths, for the protocol
  std::string gallery;                    ///< what else is searched; empty: nothing
  at::Tensor image, text, image_of_text;  ///< as retrieval_ranks takes them
  Distractors others;
  std::vector<std::string> ids;           ///< [N] of the pictures
  std::vector<std::string> captions;      ///< [M]; empty where they are not known
  std::optional<EmbeddedSplit> embedded;  ///< of a run
};

/// A split embedded by a trained model.
/// Throws FileError as embed_split does, and if a split of the gallery holds no picture.
RetrievalInput read_run_input(const RunOptions& options);

/// Embeddings from elsewhere. Rows are divided by their lengths, so that similarity is the cosine.
/// Throws FileError naming file and row if a row is NaN or zero, widths differ, or ids, captions
/// and pairs do not fit the rows.
RetrievalInput read_embeddings(const EmbeddingFiles& files);

}  // namespace tandem
