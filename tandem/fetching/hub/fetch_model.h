// Fetches a model from the hub into the cache. It appears only when it is complete and its hashes
// are verified.
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
      false;  ///< even if the model is in the cache: ask the hub if the revision has moved, and repair damaged files
  Progress progress;  ///< counts kilobytes
};

struct FetchedModel {
  std::filesystem::path folder;  ///< with config.json and the rest
  std::string commit;
  std::int64_t fetched_files = 0;  ///< that the cache did not have
  std::int64_t fetched_bytes = 0;  ///< received over the network, without headers
};

/// Fetches the files that wanted_files() and an index name. A model that is complete in the cache
/// costs no request. A blob gets its name after its hash was checked. The snapshot's links are made
/// after all blobs exist, those of the weights last; then the revision is set to the commit. After
/// an interruption, the next call continues inside the file.
/// Throws FileError if the hub does not have the model, does not answer, or sends something other
/// than it promised, if there are only pickles, if settings.offline forbids requests, or if another
/// process is fetching the same file.
FetchedModel fetch_model(const HubName& name, const HubSettings& settings, const FetchOptions& options = {});

/// The folder of a model that is complete in the cache. Makes no network request. Throws FileError,
/// which mentions `tandem fetch`, if the model is missing or incomplete.
std::filesystem::path cached_model(const HubName& name, const HubSettings& settings);

}  // namespace tandem
