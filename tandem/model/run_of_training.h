// The run that comes of a training.
#pragma once

#include <filesystem>
#include <vector>

#include "tandem/model/run_folder.h"
#include "tandem/training/trainer.h"

namespace tandem {

/// The trained heads as a run, to be written.
Run run_of(const TrainedHeads& trained, const TrainOptions& options, const UnscaledColumns& unscaled,
           const FeatureManifest& manifest, const std::filesystem::path& features_folder,
           const std::vector<EncoderRecord>& image_encoders, const std::vector<EncoderRecord>& text_encoders);

}  // namespace tandem
