// Measures how a correction for hubs changes retrieval.
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
  AnswerHubness before, after;
};

/// Measures the same embeddings again with the run's correction. Returns nullopt if there is none
/// to apply.
///
///   image          [N, D]  float32, rows of unit length
///   text           [M, D]  float32, rows of unit length
///   image_of_text  [M] int64, rows of `image`
///
/// Throws FileError as chosen_correction does; c10::ValueError as measure_retrieval does, and if
/// `transductive` is set but there is no correction.
std::optional<CorrectedRetrieval> measure_corrected(const std::filesystem::path& run_folder,
                                                    const CorrectionOptions& options, const at::Tensor& image,
                                                    const at::Tensor& text, const at::Tensor& image_of_text,
                                                    Protocol protocol);

}  // namespace tandem
