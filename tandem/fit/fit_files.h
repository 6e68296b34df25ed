// The names of the files that a fit writes, beside those of a run.
#pragma once

#include <filesystem>

namespace tandem {

inline constexpr const char* kFitOptionsName = "fit.toml";  ///< written first: every option
inline constexpr const char* kFitResultName = "fit.json";   ///< written last: what was chosen and measured
inline constexpr const char* kFitCardName = "README.md";    ///< the model card
inline constexpr const char* kFitReportName = "report.html";
inline constexpr const char* kFitFeaturesName = "features";  ///< the feature store, if the fit encoded the data
inline constexpr const char* kFitPartsName = "parts";        ///< until the fit is finished: models it is made of

/// Whether `entry`, FOLDER/NAME, belongs to the model that a fit made or makes in FOLDER. All other
/// entries are the user's.
bool is_fit_entry(const std::filesystem::path& entry);

}  // namespace tandem
