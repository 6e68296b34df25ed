// Many small pictures, each by a request of its own, over several connections at once.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/fetching/datasets/dataset_files.h"

namespace tandem {

/// Fetches HOME/BELOW/NAME into FOLDER/NAME for every name; those that are there cost nothing, so
/// that what was interrupted goes on. Throws FileError as DatasetFiles::fetch does, and if
/// something is no JPEG; the other connections then stop too.
void fetch_pictures(const std::string& home, const std::string& below, const std::vector<std::string>& names,
                    const std::filesystem::path& folder, const DatasetSettings& settings,
                    const Progress& progress = {});

}  // namespace tandem
