// What a fine-tuning was made with, and what came of it: the fingerprint of its checkpoint, and
// finetune.json. doc/file_formats.md has every field.
#pragma once

#include <filesystem>
#include <string>

#include "tandem/features/feature_manifest.h"
#include "tandem/finetuning/tune_run.h"
#include "tandem/model/run_folder.h"

namespace tandem {

/// A fingerprint of everything the outcome depends on: features, encoders, heads and options.
/// Throws c10::ValueError if the run is an ensemble.
std::string tuning_plan(const TuneRunOptions& options, const Run& run, const FeatureManifest& manifest);

/// Writes finetune.json into `folder`.
void write_tune_record(const std::filesystem::path& folder, const TuneRunOptions& options, const Finetuned& tuned,
                       const std::string& plan);

}  // namespace tandem
