// The files of a fine-tuned run that come of its encoders: their folders with the new weights,
// adapters, and features made by them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/features/feature_manifest.h"
#include "tandem/features/views.h"
#include "tandem/finetuning/tuned_side.h"

namespace tandem {

/// Copies the encoders of a side ("image" or "text") into the run being written in `place`, those
/// that were trained with their new weights; LoRA's matrices go to `PLACE/adapters` too. Returns
/// the records with folders relative to the run.
///
///   records  of the run it began with, with absolute folders
///   sources  opened from these
///
/// Throws FileError as carry_encoders() and write_merged_encoder().
std::vector<EncoderRecord> carry_tuned_encoders(const std::filesystem::path& place, const std::string& side,
                                                const std::vector<EncoderRecord>& records,
                                                const std::vector<ImageSource>& sources, const TunedSide& tuned);
std::vector<EncoderRecord> carry_tuned_encoders(const std::filesystem::path& place, const std::string& side,
                                                const std::vector<EncoderRecord>& records,
                                                const std::vector<TextSource>& sources, const TunedSide& tuned);

/// The carried encoders, opened on the device. Throws FileError as open_image_source() and
/// open_text_source().
std::vector<ImageSource> open_carried_images(const std::filesystem::path& place,
                                             const std::vector<EncoderRecord>& carried, c10::Device device);
std::vector<TextSource> open_carried_texts(const std::filesystem::path& place,
                                           const std::vector<EncoderRecord>& carried, c10::Device device);

/// Rewrites the manifest of `features`, which name their encoders by the folders that these have
/// once the run is complete in `out`. Returns it.
FeatureManifest settle_manifest(const std::filesystem::path& features, const std::filesystem::path& out,
                                const std::vector<EncoderRecord>& image_carried,
                                const std::vector<EncoderRecord>& text_carried);

/// The records as a store has them, with folders relative to the run, which are those of `carried`.
std::vector<EncoderRecord> relative_to_run(std::vector<EncoderRecord> made, const std::vector<EncoderRecord>& carried);

}  // namespace tandem
