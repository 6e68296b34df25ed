// A trained model on disk: heads with their statistics, copies of the encoders, every option and
// fingerprint. doc/file_formats.md has every field.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tandem/features/feature_manifest.h"
#include "tandem/features/views.h"
#include "tandem/heads/head_ensemble.h"
#include "tandem/storage/json_file.h"
#include "tandem/training/train_data.h"
#include "tandem/training/train_options.h"

namespace tandem {

/// Settings of linear heads that were solved for by canonical correlation analysis, not trained.
struct CcaSettings {
  double regularisation = 0;  ///< share of the side's mean variance
  double power = 0;           ///< of the correlations that canonical directions are weighted by

  bool operator==(const CcaSettings&) const = default;
};

/// {"regularisation": ..., "power": ...}, as run.json and every report has them.
Json to_json(const CcaSettings& settings);

/// How one of an ensemble's pairs of heads came about.
struct RunMember {
  TrainOptions options;
  std::optional<CcaSettings>
      cca;  ///< of heads that were not trained; of their options only `shuffled` and the heads' say how they came about
  double logit_scale = 0;
  std::int64_t best_epoch = 0;  ///< of heads that were not trained: 0
  std::optional<double> dev_recall;
};

struct Run {
  HeadEnsemble image_heads;
  HeadEnsemble text_heads;
  double logit_scale =
      0;  ///< of an ensemble: fitted on dev (fitted_logit_scale); without dev the members' mean, weighted as they are
  std::int64_t best_epoch = 0;  ///< of an ensemble, and of heads that were not trained: 0
  std::optional<double>
      dev_recall;        ///< mean of the six recalls on dev, percent, of what was chosen; nothing without dev
  TrainOptions options;  ///< of an ensemble: the first member's
  std::optional<UnscaledColumns>
      unscaled;                    ///< nothing of an ensemble, and of a run that was written before they were counted
  std::optional<CcaSettings> cca;  ///< of heads that were not trained; nothing of an ensemble
  std::vector<RunMember> members;  ///< of an ensemble, in the order of its heads; otherwise empty
  bool weights_chosen_on_dev = false;  ///< of an ensemble's members
  std::string data_name;
  std::filesystem::path features_folder;      ///< absolute; where the features it was trained on were
  std::string features_plan;                  ///< which features those were
  std::vector<EncoderRecord> image_encoders;  ///< folders relative to the run, or absolute where no copy could be made
  std::vector<EncoderRecord> text_encoders;
};

/// The run as an ensemble has it: itself, or its members.
std::vector<RunMember> members_of(const Run& run);

/// The records with folders that can be opened from anywhere.
std::vector<EncoderRecord> resolved_encoders(std::vector<EncoderRecord> records,
                                             const std::filesystem::path& run_folder);

/// Copies the encoders' files into `FOLDER/encoders/`, so that the run goes on working when they
/// move or change. Returns the records with their folders changed to the copies; imported features
/// have no encoder, and their records stay as they are. Reads each encoder once before, to see that
/// it is still what made the features.
/// Throws FileError if an encoder's folder is gone or its fingerprint is another, before anything
/// is written.
std::vector<EncoderRecord> carry_encoders(const std::filesystem::path& folder, const std::string& side,
                                          const std::vector<EncoderRecord>& records);

/// The records as carry_encoders returns them, where the copies have been made before.
std::vector<EncoderRecord> carried_encoders(const std::string& side, std::vector<EncoderRecord> records);

/// Writes heads.safetensors and, last, run.json; a folder without run.json is no run.
void write_run(const std::filesystem::path& folder, const Run& run);

/// Throws FileError if a file is missing, damaged, of another version, or heads and options do not
/// fit.
Run open_run(const std::filesystem::path& folder);

/// Throws FileError unless the features were made by the encoders (weights, preparation, poolings)
/// of this run.
void check_same_encoders(const Run& run, const FeatureManifest& manifest, const std::filesystem::path& features_folder);

/// The run's encoders, opened on the device. Throws FileError if they are gone or changed, or the
/// features were imported.
std::vector<ImageSource> open_image_sources(const std::filesystem::path& run_folder, const Run& run,
                                            c10::Device device = c10::kCPU);
std::vector<TextSource> open_text_sources(const std::filesystem::path& run_folder, const Run& run,
                                          c10::Device device = c10::kCPU);

inline constexpr const char* kRunName = "run.json";
inline constexpr const char* kHeadsName = "heads.safetensors";
inline constexpr const char* kMetricsName = "metrics.jsonl";
inline constexpr const char* kCurvesName = "curves.svg";

}  // namespace tandem
