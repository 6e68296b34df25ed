// Fetches many small pictures, each by its own request, over several connections at once.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/fetching/datasets/dataset_files.h"

namespace tandem {

/// Fetches HOME/BELOW/NAME into FOLDER/NAME for every name. Pictures that exist are not fetched
/// again, so an interrupted call can be repeated.
/// Throws FileError as DatasetFiles::fetch does, and if something is not a JPEG; the other
/// connections then stop too.
void fetch_pictures(const std::string& home, const std::string& below, const std::vector<std::string>& names,
                    const std::filesystem::path& folder, const DatasetSettings& settings,
                    const Progress& progress = {});

}  // namespace tandem
