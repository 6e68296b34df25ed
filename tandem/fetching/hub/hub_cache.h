// The cache that Hugging Face's tools share
// (https://huggingface.co/docs/huggingface_hub/guides/manage-cache):
//
//   CACHE/models--ORG--NAME/blobs/ETAG               the bytes, named by their hash;
//                                                    ETAG.incomplete while they come
//   CACHE/models--ORG--NAME/snapshots/COMMIT/FILE    a relative link to ../../blobs/ETAG
//   CACHE/models--ORG--NAME/refs/main                the commit that the branch was at
//   CACHE/.locks/models--ORG--NAME/ETAG.lock         held by whoever writes the blob
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tandem/fetching/hub/hub_name.h"

namespace tandem {

/// A model in the cache, at one commit.
struct HubSnapshot {
  HubName name;  ///< its revision is the ref that points to the commit, or else the commit
  std::string commit;
  std::filesystem::path folder;
};

/// One cache folder. It is created only when something is written.
class HubCache {
 public:
  explicit HubCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  const std::filesystem::path& folder() const { return folder_; }

  /// The snapshot that the name's revision points to in this cache, or nothing. Files may be
  /// missing from it: see lacks().
  std::optional<HubSnapshot> find(const HubName& name) const;

  /// All snapshots of all models, sorted by name.
  std::vector<HubSnapshot> snapshots() const;

  std::filesystem::path blob(const std::string& repo, const std::string& etag) const;
  std::filesystem::path incomplete_blob(const std::string& repo, const std::string& etag) const;
  std::filesystem::path lock_file(const std::string& repo, const std::string& etag) const;
  std::filesystem::path model_folder(const std::string& repo) const;

  /// Gives a finished `incomplete_blob` its name, durably. Throws FileError if that fails.
  void keep_blob(const std::string& repo, const std::string& etag) const;

  /// Makes the snapshot's file a link to the blob, replacing an older one. Throws FileError if that
  /// fails.
  void link(const std::string& repo, const std::string& commit, const std::string& file, const std::string& etag) const;

  /// Makes the name's revision point to the commit.
  void write_ref(const HubName& name, const std::string& commit) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace tandem
