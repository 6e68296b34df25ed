// The input for measuring retrieval: a split embedded by a model, or files of embeddings made by
// other programs.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tandem/model/embedded_split.h"
#include "tandem/retrieval/ranks.h"

namespace tandem {

/// Which split of which run is measured.
struct RunOptions {
  std::string folder;                       ///< of the run; empty: the embeddings come from files
  std::string features;                     ///< made by the same encoders; empty: those the run was trained on
  std::string split = "test";               ///< a name that split_choice takes
  std::vector<std::string> gallery_splits;  ///< splits whose rows are candidates too; "all": every other split
};

/// Names of files in the formats of feature_files.h. `image` and `text` are required.
struct EmbeddingFiles {
  std::vector<std::string> image, text;              ///< for read_feature_rows
  std::vector<std::string> more_images, more_texts;  ///< candidates that are not queries
  std::string image_of_text;  ///< for read_row_numbers; empty: the ids in `captions`, or caption i is of picture i
  std::string ids;            ///< for read_ids; empty: row numbers are the ids
  std::string captions;       ///< for read_captions; empty: the captions are not known
};

/// The candidates that are not queries, by name. Empty: the names are not known.
struct OtherNames {
  std::vector<std::string> ids;             ///< [N'] of the pictures
  std::vector<std::string> captions;        ///< [M']
  std::vector<std::int64_t> image_of_text;  ///< [M'] rows of the other pictures
};

struct RetrievalInput {
  RunOptions run;                         ///< of a run: which split was embedded
  std::string title;                      ///< what is measured: "flickr8k, split test"
  std::string lengths;                    ///< how the rows got unit length, for the report
  std::string gallery;                    ///< which other candidates are searched, for the report; empty: none
  at::Tensor image, text, image_of_text;  ///< [N, D], [M, D] and [M] int64, for retrieval_ranks
  Distractors others;                     ///< candidates that are not queries
  OtherNames other_names;                 ///< of `others`, if they are splits of a run's data
  std::vector<std::string> ids;           ///< [N] of the pictures
  std::vector<std::string> captions;      ///< [M]; empty if they are not known
  std::optional<EmbeddedSplit> embedded;  ///< nullopt unless a run is measured
};

/// A split embedded by a trained model.
/// Throws FileError as Model::open and Model::embed do, and if a split of the gallery holds no
/// picture; c10::ValueError if a gallery split has an unknown name, or if gallery splits are given
/// with split "all".
RetrievalInput read_run_input(const RunOptions& options);

/// Reads embeddings from files. Every row is divided by its length, so that similarity is the
/// cosine.
/// Throws FileError naming the file, and the row if there is one, if a row is zero or not finite,
/// if widths differ, or if ids, captions or pairs do not fit the rows.
RetrievalInput read_embeddings(const EmbeddingFiles& files);

}  // namespace tandem
