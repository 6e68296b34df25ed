#include "tandem/fit/fit_place.h"

#include "tandem/base/errors.h"
#include "tandem/fit/fit_config.h"
#include "tandem/fit/fit_files.h"
#include "tandem/model/run_folder.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr const char* kNoOther = "no model, or one by the same options and data (--overwrite replaces others)";

/// A folder of something else is not to get a model's README.md.
const Path& checked_out(const Path& out) {
  std::error_code error;
  if (std::filesystem::exists(out / kFitOptionsName)) return out;
  for (const auto& entry : std::filesystem::directory_iterator(out, error)) {
    const std::string name = entry.path().filename().string();
    if (name == ".lock" || !target_of_temporary(name).empty()) continue;
    throw FileError(out, "an empty folder, or a model that `tandem fit` made", "one with " + name + " in it");
  }
  return out;
}

std::optional<FitOptions> options_in(const Path& folder) {
  const Path file = folder / kFitOptionsName;
  if (!std::filesystem::exists(file)) return std::nullopt;
  return with_config(FitOptions(), file);
}

bool has_options(const Path& folder, const FitOptions& options) {
  try {
    const std::optional<FitOptions> found = options_in(folder);
    return found && first_difference(*found, options).empty();
  } catch (const FileError&) {
    return false;
  }
}

/// A later `tandem train --out` may have replaced the heads.
void check_own_heads(const Path& out, const Json& result) {
  const Path file = out / kFitResultName;
  const auto expected = json_field<std::string>(result, "heads_checksum", file);
  const auto found = json_field<std::string>(read_checked_json(out / kRunName), "heads_checksum", out / kRunName);
  if (found != expected) throw FileError(out, "the heads that this fit made, checksum " + expected, found);
}

}  // namespace

FitPlace::FitPlace(const Path& out) : out_(out), folder_(checked_out(out), is_fit_entry) {}

std::optional<FitOptions> FitPlace::begun_with(const FitOptions& wanted) const {
  for (const Path& folder : {folder_.beside(), out_}) {
    if (has_options(folder, wanted)) return options_in(folder);
  }
  return std::nullopt;
}

std::optional<Json> FitPlace::finished(const FitOptions& options, FitSource& source, bool overwrite) {
  const std::optional<FitOptions> had = options_in(out_);
  if (!had) return std::nullopt;
  const std::string difference = first_difference(*had, options);
  if (!difference.empty()) {
    if (!overwrite) throw FileError(out_, kNoOther, "one with " + difference);
    replaces_ = true;
    return std::nullopt;
  }
  if (!std::filesystem::exists(out_ / kFitResultName)) return std::nullopt;
  const Json result = read_checked_json(out_ / kFitResultName);
  const auto features = json_field<std::string>(result, "features_fingerprint", out_ / kFitResultName);
  if (found_features(source, out_ / kFitFeaturesName) != features) {
    if (!overwrite) throw FileError(out_, kNoOther, "one of the data as it was before it changed");
    replaces_ = true;
    return std::nullopt;
  }
  check_own_heads(out_, result);
  return result;
}

const Path& FitPlace::begin(const FitOptions& options, const Path& features) {
  if (!features.empty()) {
    const Path inside = std::filesystem::weakly_canonical(features).lexically_relative(folder_.folder());
    if (!inside.empty() && *inside.begin() != "..")
      throw FileError(features, "features outside of the model that is written", "a part of it");
  }
  if (!replaces_) {
    const Path& place = folder_.begin_in_place();
    if (!std::filesystem::exists(place / kFitOptionsName)) write_file(place / kFitOptionsName, config_text(options));
    return place;
  }
  folder_.keep_unfinished();
  const bool begun = folder_.has_unfinished() && has_options(folder_.beside(), options);
  const Path& place = begun ? folder_.go_on() : folder_.begin();
  if (!begun) write_file(place / kFitOptionsName, config_text(options));
  if (features.empty() && !std::filesystem::exists(place / kFitFeaturesName) &&
      std::filesystem::exists(folder_.folder() / kFitFeaturesName))
    link_features(folder_.folder() / kFitFeaturesName, place / kFitFeaturesName);
  return place;
}

void FitPlace::finish() { folder_.finish(); }

}  // namespace tandem
