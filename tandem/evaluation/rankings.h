// The first candidates of every query, written for other programs.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "tandem/evaluation/ranking_files.h"
#include "tandem/evaluation/retrieval_evaluation.h"

namespace tandem {

struct RankingsOptions {
  RankingsFormat format = RankingsFormat::kTrec;
  std::int64_t depth = 100;             ///< candidates per query; all if the gallery has fewer
  std::filesystem::path coco_captions;  ///< for eccv_caption: COCO's captions_val2014.json, which has the ids
  std::string tag;                      ///< what ranked
};

/// Writes both directions into `folder`, which is made. All files appear together and replace older
/// ones of their names. The galleries, and which answers are right, are those of `evaluation`. Equal
/// similarities are in the order of the rows.
///
/// A picture is named by its id, caption n of a picture (from 0) by the id and "#n"; eccv_caption
/// has COCO's numbers instead.
///
///   image, text  [N, D], [M, D]  rows of `input`, or what a correction made of them
///
/// Needs no more memory than one block of lists. The stage counts queries.
/// Throws FileError if the files cannot be written; and for eccv_caption if a picture or caption is
/// not in the file of COCO's captions. Throws c10::ValueError if names that are needed are not known.
void write_rankings(const std::filesystem::path& folder, const RetrievalInput& input,
                    const RetrievalEvaluation& evaluation, const at::Tensor& image, const at::Tensor& text,
                    const RankingsOptions& options, const Stages& stages = {});

}  // namespace tandem
