// Fits a run's correction for hubs. The settings are chosen on dev; the banks hold training
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
  std::optional<CorrectionMethod> method;  ///< nullopt: measured without a correction
  bool transductive = false;               ///< corrected by dev's own queries, which a search cannot do
  double image_to_text = 0;                ///< mean of recall@1, @5 and @10, percent
  double text_to_image = 0;                ///< the same
  Hubness text;                            ///< captions as answers to pictures
  Hubness image;                           ///< pictures as answers to captions
  std::optional<CorrectionPair> settings;  ///< nullopt without a correction

  double mean_recall() const { return (image_to_text + text_to_image) / 2; }
};

struct CorrectionFit {
  std::string data_name;  ///< of the features; empty if tensors were given
  std::int64_t dev_images = 0;
  std::int64_t dev_captions = 0;
  StoredCorrection stored;
  std::vector<CorrectionResult> results;  ///< first without a correction; then two per method: by the
                                          ///< banks, and by dev's own queries
};

struct FitCorrectionOptions {
  std::optional<CorrectionMethod> method = {};  ///< fit only this method and choose it without comparison;
                                                ///< nullopt: fit all and choose the best on dev, or none
  std::int64_t bank_rows = 8192;                ///< most training pictures, and most captions, in the banks
};

/// At most `most` of the rows, evenly spread over all of them and rounded as in a run's file
/// (as_stored).
///
///   rows  [N, D]  float32, N at least 1
///
/// Returns [min(most, N), D] float32.
at::Tensor correction_bank(const at::Tensor& rows, std::int64_t most);

/// Fits `method`, or all methods if it is nullopt, to dev with the banks in `on`, and measures each
/// on dev. There is one stage per method, which counts settings.
/// Throws c10::ValueError as choose_correction does.
CorrectionFit fit_correction(const CorrectionChoice& on, std::optional<CorrectionMethod> method,
                             const Stages& stages = {});

/// Fits a correction to the run and writes it into the run's folder. An older correction is
/// replaced. The run is locked until the function returns.
///
///   features  with train and dev, made by the run's encoders; empty: those the run was trained on
///
/// Throws FileError if another process writes to the run, as Model::open and Model::embed do, if
/// train is empty, or if the correction cannot be written; c10::ValueError as fit_correction does.
CorrectionFit fit_run_correction(const std::filesystem::path& run_folder, const std::filesystem::path& features,
                                 const FitCorrectionOptions& options, const Stages& stages = {});

}  // namespace tandem
