// What a correction for hubs changes in measured retrieval.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <optional>
#include <string>

#include "tandem/model/stored_correction.h"
#include "tandem/retrieval/hubness.h"
#include "tandem/retrieval/protocol.h"

namespace tandem {

struct CorrectionOptions {
  std::string wanted = "run";  ///< as chosen_correction takes it
  bool transductive = false;   ///< correct by the measured queries themselves; results are labelled
};

/// Skewness of the k-occurrence, with captions or pictures as answers.
struct AnswerHubness {
  Hubness text;   ///< image to text
  Hubness image;  ///< text to image
};

struct CorrectedRetrieval {
  CorrectionMethod method = CorrectionMethod::kNnn;
  bool transductive = false;
  CorrectionPair settings;
  RetrievalResult result;
  AnswerHubness before, after;
};

/// Measures the same embeddings again with the run's correction; nothing if there is none to apply.
/// Throws FileError as chosen_correction does; c10::ValueError if `transductive` is asked for
/// without a correction, or as measure_retrieval.
std::optional<CorrectedRetrieval> measure_corrected(const std::filesystem::path& run_folder,
                                                    const CorrectionOptions& options, const at::Tensor& image,
                                                    const at::Tensor& text, const at::Tensor& image_of_text,
                                                    Protocol protocol);

}  // namespace tandem
