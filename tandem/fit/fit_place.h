// The folder that a fit writes to: the model's own, or one beside it if another model is replaced.
#pragma once

#include <filesystem>
#include <optional>

#include "tandem/fit/fit_options.h"
#include "tandem/fit/fit_source.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/replaced_folder.h"

namespace tandem {

/// Locks a model's folder for as long as it lives, so that there is one writer.
class FitPlace {
 public:
  /// Makes and locks the folder.
  /// Throws FileError if it holds something else than a model by a fit, cannot be made, or another
  /// process writes to it.
  explicit FitPlace(const std::filesystem::path& out);

  /// The options that a fit was begun with, here or beside the model that it is to replace, if
  /// they are those wanted but for the threads; otherwise nullopt.
  std::optional<FitOptions> begun_with(const FitOptions& wanted) const;

  /// The result if the folder holds the finished model of these options and features; nullopt if a
  /// fit is to begin or to go on.
  ///
  ///   source  its data gets the splits of the features that are there
  ///
  /// Throws FileError, unless `overwrite` is set, if the folder holds a model of other options or
  /// features; and always if its heads are not those that the fit made, or a file is damaged.
  std::optional<Json> finished(const FitOptions& options, FitSource& source, bool overwrite);

  /// The folder to write to, with fit.toml in it. To be called after finished() returned nullopt.
  /// Throws FileError if `features`, which the new model refers to, are part of the old one.
  const std::filesystem::path& begin(const FitOptions& options, const std::filesystem::path& features);

  /// To be called when the model is complete: gives it its name.
  void finish();

 private:
  std::filesystem::path out_;
  ReplacedFolder folder_;
  bool replaces_ = false;  ///< the model in the folder stays until the new one is complete
};

}  // namespace tandem
