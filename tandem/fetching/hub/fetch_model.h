// A model from the hub into the cache: all of it, proven by its hashes, or nothing that looks like
// it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "tandem/base/progress.h"
#include "tandem/fetching/hub/hub_name.h"
#include "tandem/fetching/hub/hub_settings.h"

namespace tandem {

struct FetchOptions {
  bool update =
      false;  ///< even if the model is in the cache: ask the hub whether the revision moved on, and mend damaged files
  Progress progress;  ///< told of kilobytes
};

struct FetchedModel {
  std::filesystem::path folder;  ///< with config.json and the rest
  std::string commit;
  std::int64_t fetched_files = 0;  ///< that the cache did not have
  std::int64_t fetched_bytes = 0;  ///< that came over the network, without headers
};

/// Fetches what wanted_files() and an index name. A model that is whole in the cache costs no
/// request. Blobs get their names after their hash was checked, the snapshot's links are made after
/// all blobs are there, the weights' last, and the revision points to the commit after that.
/// Interrupted, the next call goes on inside the file.
/// Throws FileError if the hub does not have it, does not answer, or sends something else than it
/// promised, if there are only pickles, if settings.offline forbids asking, or if another process
/// is fetching the same file.
FetchedModel fetch_model(const HubName& name, const HubSettings& settings, const FetchOptions& options = {});

/// The folder of a model that is whole in the cache.
/// Throws FileError, saying that `tandem fetch` gets it, if it is not there or not whole. Asks
/// nothing of the network.
std::filesystem::path cached_model(const HubName& name, const HubSettings& settings);

}  // namespace tandem
