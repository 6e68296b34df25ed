// Everything that a report about a model measures.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tandem/analysis/pair_similarities.h"
#include "tandem/base/progress.h"
#include "tandem/evaluation/corrected_retrieval.h"
#include "tandem/evaluation/model_audit.h"
#include "tandem/evaluation/retrieval_evaluation.h"
#include "tandem/figures/training_curves.h"
#include "tandem/model/model.h"
#include "tandem/reports/maps_before_after.h"
#include "tandem/reports/model_report.h"
#include "tandem/retrieval/retrieval_intervals.h"

namespace tandem {

/// How many lists of nearest candidates each candidate is in.
struct AnswerLists {
  std::int64_t length = 0;  ///< of a list: 10, or the size of a smaller gallery
  at::Tensor pictures;      ///< [N] int64: captions that have the picture in their list
  at::Tensor captions;      ///< [M] int64: pictures that have the caption in their list
};

/// How far neighbours agree between the two sides: mutual_knn of a sample.
struct NeighbourAgreement {
  std::int64_t neighbours = 0;  ///< 0: there are too few pairs
  double encoders = 0;          ///< of the encoders' features, from 0 to 1
  double shared = 0;            ///< of the embeddings
  double chance = 0;
};

struct ModelMeasures {
  ModelReportOptions options;
  RetrievalInput input;                         ///< with the embedded split
  RetrievalEvaluation plain;                    ///< by cosine similarity alone
  std::optional<CorrectedRetrieval> corrected;  ///< nullopt if search uses no correction
  at::Tensor image, text;                       ///< as search compares them: with the biases of the correction
  AnswerLists plain_lists, lists;               ///< by cosine similarity alone, and as search finds them
  RecallCurves curves;                          ///< of `result()`
  SliceReport slices;                           ///< of `result()`
  PairSimilarities similarity;
  MapsBeforeAfter maps;
  std::int64_t mapped = 0;         ///< number of pairs on the maps
  NeighbourAgreement agreement;    ///< of the pairs on the maps
  std::vector<EpochPoint> epochs;  ///< empty: there are no curves
  std::string no_curves;           ///< why; empty if there are
  std::optional<ModelAudit> audit;
  std::string no_audit;            ///< why; empty if there is one
  std::int64_t missing_files = 0;  ///< pictures of the split whose file is gone

  const EmbeddedSplit& embedded() const { return *input.embedded; }
  const Run& run() const { return input.embedded->run; }
  /// Retrieval as search does it, corrected if the model has a correction, and its intervals.
  const RetrievalResult& result() const { return corrected ? corrected->result : plain.result; }
  const std::vector<MetricInterval>& intervals() const { return corrected ? corrected->intervals : plain.intervals; }
};

/// Measures the split. Stages: ranking, looking at pictures, the maps, comparing captions.
/// Throws FileError as Model::embed and read_training_history do, and if the split has fewer than
/// two pictures.
ModelMeasures measure_model(const Model& model, const ModelReportOptions& options, const Stages& stages);

}  // namespace tandem
