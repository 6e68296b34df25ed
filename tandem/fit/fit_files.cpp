#include "tandem/fit/fit_files.h"

#include <set>
#include <string>

#include "tandem/model/run_place.h"

namespace tandem {

bool is_fit_entry(const std::filesystem::path& entry) {
  static const std::set<std::string> kNames = {kFitCardName, kFitReportName, kFitFeaturesName, kFitPartsName};
  const std::string name = entry.filename().string();
  if (name == kFitOptionsName || name == kFitResultName || is_run_entry(entry)) return true;
  const bool is_encoding = name.starts_with(std::string(".") + kFitFeaturesName + ".");  // beside the older features
  return (kNames.contains(name) || is_encoding) && std::filesystem::exists(entry.parent_path() / kFitOptionsName);
}

}  // namespace tandem
