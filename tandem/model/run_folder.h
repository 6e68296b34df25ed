// A trained model on disk: the heads with their statistics, copies of the encoders, all options and
// fingerprints. doc/file_formats.md lists every field.
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

/// Settings of linear heads that were not trained but solved for by canonical correlation analysis
/// (CCA).
struct CcaSettings {
  double regularisation = 0;  ///< as a share of the side's mean variance
  double power = 0;           ///< canonical directions are weighted by their correlations to this power

  bool operator==(const CcaSettings&) const = default;
};

/// {"regularisation": ..., "power": ...}, as in run.json and in every report.
Json to_json(const CcaSettings& settings);

/// How one pair of heads of an ensemble was made.
struct RunMember {
  TrainOptions options;            ///< if `cca` is set, only `shuffled` and the options of the heads apply
  std::optional<CcaSettings> cca;  ///< nullopt if the heads were trained
  double logit_scale = 0;
  std::int64_t best_epoch = 0;       ///< 0 if the heads were not trained
  std::optional<double> dev_recall;  ///< mean of the six recalls on dev, percent; nullopt without dev
};

struct Run {
  HeadEnsemble image_heads;
  HeadEnsemble text_heads;
  double logit_scale = 0;  ///< of an ensemble: fitted on dev (fitted_logit_scale), or without dev the weighted mean of
                           ///< its members' scales
  std::int64_t best_epoch = 0;              ///< 0 for an ensemble and for heads that were not trained
  std::optional<double> dev_recall;         ///< mean of the six recalls on dev, percent; nullopt without dev
  TrainOptions options;                     ///< of an ensemble: the first member's
  std::optional<UnscaledColumns> unscaled;  ///< nullopt for an ensemble and for runs of older versions
  std::optional<CcaSettings> cca;           ///< nullopt if the heads were trained, and for an ensemble
  std::vector<RunMember> members;           ///< of an ensemble, in the order of its heads; otherwise empty
  bool weights_chosen_on_dev = false;       ///< the weights of an ensemble's members
  std::string data_name;
  std::filesystem::path features_folder;      ///< absolute path of the features it was trained on; write_run also
                                              ///< takes one relative to the run, for features in its folder
  std::string features_plan;                  ///< fingerprint of those features
  std::vector<EncoderRecord> image_encoders;  ///< folders relative to the run, or absolute if no copy could be made
  std::vector<EncoderRecord> text_encoders;   ///< the same
};

/// The members that the run would bring to an ensemble: its own members, or the run itself as the
/// only one.
std::vector<RunMember> members_of(const Run& run);

/// The records with absolute folders. Records of imported features, which have no encoder, stay as
/// they are.
///
///   run_folder  what relative folders are relative to
std::vector<EncoderRecord> resolved_encoders(std::vector<EncoderRecord> records,
                                             const std::filesystem::path& run_folder);

/// Copies the encoders' files into `FOLDER/encoders/`, so that the run still works after the
/// originals are moved or changed. Returns the records with the folders of the copies, relative to
/// the run. Records of imported features, which have no encoder, stay as they are. Reads every
/// encoder once before it copies, to check that it is the one that made the features.
///
///   side  "image" or "text"
///
/// Throws FileError if a file of an encoder is missing or its fingerprint differs; nothing is
/// written then. Also throws FileError if a copy cannot be written.
std::vector<EncoderRecord> carry_encoders(const std::filesystem::path& folder, const std::string& side,
                                          const std::vector<EncoderRecord>& records);

/// The records as carry_encoders returns them, for copies that exist already. Reads and copies
/// nothing.
std::vector<EncoderRecord> carried_encoders(const std::string& side, std::vector<EncoderRecord> records);

/// Writes heads.safetensors and then run.json. A folder without run.json is not a run.
/// Throws FileError if a file cannot be written.
void write_run(const std::filesystem::path& folder, const Run& run);

/// Reads the run in `folder`.
/// Throws FileError if a file is missing, damaged or of an unknown version, or if heads and options
/// do not fit together.
Run open_run(const std::filesystem::path& folder);

/// Throws FileError unless the features were made by the encoders of this run, with the same
/// weights, preparation and poolings.
///
///   features_folder  for the message
void check_same_encoders(const Run& run, const FeatureManifest& manifest, const std::filesystem::path& features_folder);

/// The run's encoders, opened on the device.
/// Throw FileError if an encoder is missing or has changed, or if the features were imported.
std::vector<ImageSource> open_image_sources(const std::filesystem::path& run_folder, const Run& run,
                                            c10::Device device = c10::kCPU);
std::vector<TextSource> open_text_sources(const std::filesystem::path& run_folder, const Run& run,
                                          c10::Device device = c10::kCPU);

inline constexpr const char* kRunName = "run.json";
inline constexpr const char* kHeadsName = "heads.safetensors";
inline constexpr const char* kMetricsName = "metrics.jsonl";
inline constexpr const char* kCurvesName = "curves.svg";

}  // namespace tandem
