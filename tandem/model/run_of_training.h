// Builds the run of a training.
#pragma once

#include <filesystem>
#include <vector>

#include "tandem/model/run_folder.h"
#include "tandem/training/trainer.h"

namespace tandem {

/// The trained heads as a run, ready for write_run.
///
///   features_folder  absolute path of the features it was trained on
///   image_encoders   as carry_encoders returns them
///   text_encoders    the same
Run run_of(const TrainedHeads& trained, const TrainOptions& options, const UnscaledColumns& unscaled,
           const FeatureManifest& manifest, const std::filesystem::path& features_folder,
           const std::vector<EncoderRecord>& image_encoders, const std::vector<EncoderRecord>& text_encoders);

}  // namespace tandem
