// Measures how a correction for hubs changes retrieval.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <vector>

#include "tandem/evaluation/retrieval_evaluation.h"
#include "tandem/model/stored_correction.h"
#include "tandem/retrieval/hubness.h"

namespace tandem {

struct CorrectionOptions {
  std::string wanted = "run";  ///< "run", "none" or a method, for chosen_correction
  bool transductive = false;   ///< use the measured queries as banks; reports label such results
};

/// Skewness of the k-occurrence, once for captions as answers and once for pictures.
struct AnswerHubness {
  Hubness text;   ///< image to text: captions as answers
  Hubness image;  ///< text to image: pictures as answers
};

struct CorrectedRetrieval {
  CorrectionMethod method = CorrectionMethod::kNnn;
  bool transductive = false;
  CorrectionPair settings;
  RetrievalResult result;
  std::vector<MetricInterval> intervals;  ///< empty if there are no bootstrap samples
  AnswerHubness before, after;
  BiasedEmbeddings embeddings;  ///< whose products are the corrected similarities

  /// Search answers one query at a time, so it cannot correct by the queries that are measured.
  bool is_what_search_does() const { return !transductive; }
};

/// Measures the same embeddings again with the run's correction, in the same way: protocol, rule,
/// k and resamples are those of `evaluation`. Returns nullopt if there is none to apply.
///
///   input  of a run in its own gallery, for only those candidates have biases
///
/// Throws FileError as chosen_correction does; c10::ValueError as measure_retrieval does, and if
/// `transductive` is set but there is no correction.
std::optional<CorrectedRetrieval> measure_corrected(const RetrievalInput& input, const RetrievalEvaluation& evaluation,
                                                    const CorrectionOptions& options);

}  // namespace tandem
