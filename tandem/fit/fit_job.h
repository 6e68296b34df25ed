// The work of a fit in its folder, step after step. Every step that is finished on disk is passed
// over.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/fit/fit_guide.h"
#include "tandem/fit/fit_options.h"
#include "tandem/fit/fit_source.h"
#include "tandem/fit/fit_steps.h"
#include "tandem/storage/json_file.h"

namespace tandem {

class FitJob {
 public:
  ///   place  the folder to write to, with fit.toml in it; the caller has locked it
  FitJob(const FitOptions& options, FitSource& source, std::filesystem::path place, FitSteps& steps);

  /// Does what is left. Returns the content of fit.json, which is written last.
  /// Throws as fit_model does.
  Json run();

 private:
  /// A run that all parts make together, and what its correction is.
  struct Made {
    std::filesystem::path run;
    Json correction;
  };

  void encode();
  void discard_other_parts(const std::string& fingerprint) const;
  Json model_in_parts();
  Made make_on_dev();
  Made make_by_cross_validation();
  Made make_without_choice();
  CcaSettings validated_cca(const FeatureStore& store);
  Json fit_correction(const std::filesystem::path& run, const std::filesystem::path& features,
                      const std::string& where);
  void take_correction(const std::filesystem::path& from, const std::filesystem::path& run) const;
  void move_model(const std::filesystem::path& run) const;
  void write_report();

  bool is_inside() const { return source_.features.empty(); }

  const FitOptions& options_;
  FitSource& source_;
  std::filesystem::path place_, parts_;
  std::filesystem::path features_;  ///< the feature store
  FitGuide guide_;
  FeatureManifest manifest_;
  FitSteps& steps_;
};

}  // namespace tandem
