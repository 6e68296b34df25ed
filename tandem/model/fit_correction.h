// Fitting a run's correction for hubs: its settings are chosen on dev, with banks of training
// queries.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/model/stored_correction.h"
#include "tandem/retrieval/hubness.h"

namespace tandem {

/// Retrieval on dev with a correction, or without one.
struct CorrectionResult {
  std::optional<CorrectionMethod> method;  ///< nothing: without a correction
  bool transductive = false;               ///< corrected by dev's own queries, which search does not have
  double image_to_text = 0;                ///< mean of recall@1, 5 and 10, percent
  double text_to_image = 0;
  Hubness text;                            ///< of captions as answers to pictures
  Hubness image;                           ///< of pictures as answers to captions
  std::optional<CorrectionPair> settings;  ///< nothing without a correction

  double mean_recall() const { return (image_to_text + text_to_image) / 2; }
};

struct CorrectionFit {
  std::string data_name;  ///< of the features; empty where tensors were given
  std::int64_t dev_images = 0;
  std::int64_t dev_captions = 0;
  StoredCorrection stored;
  std::vector<CorrectionResult> results;  ///< first without a correction; then of each method by the
                                          ///< banks, and by dev's own queries
};

struct FitCorrectionOptions {
  std::optional<CorrectionMethod> method = {};  ///< fit this one alone and choose it, whatever dev says;
                                                ///< nothing: fit all and choose the best on dev, or none
  std::int64_t bank_rows = 8192;                ///< at most as many training pictures, and as many captions
};

/// At most `most` of the rows, evenly spread, rounded as a run's file keeps them.
///
///   rows  [N, D]  float32
at::Tensor correction_bank(const at::Tensor& rows, std::int64_t most);

/// Fits `method`, or all methods, to dev with the banks given, and measures each. One stage per
/// method. Throws c10::ValueError as choose_correction does.
CorrectionFit fit_correction(const CorrectionChoice& on, std::optional<CorrectionMethod> method,
                             const Stages& stages = {});

/// Fits a correction to the run and writes it into the run's folder, in place of an older one. The
/// run is locked meanwhile.
///   features  of train and dev, by the run's encoders; empty: those it was trained on
/// Throws FileError if another process writes to the run, as embed_split does, or if it cannot be
/// written.
CorrectionFit fit_run_correction(const std::filesystem::path& run_folder, const std::filesystem::path& features,
                                 const FitCorrectionOptions& options, const Stages& stages = {});

}  // namespace tandem
