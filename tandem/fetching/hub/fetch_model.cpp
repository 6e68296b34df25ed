#include "tandem/fetching/hub/fetch_model.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/fetching/hub/hub_cache.h"
#include "tandem/fetching/hub/hub_client.h"
#include "tandem/fetching/hub/hub_files.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/content_hash.h"
#include "tandem/storage/folder_lock.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

bool has_size(const Path& file, std::int64_t size_bytes) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  return !error && size == static_cast<std::uintmax_t>(size_bytes);
}

/// The download of one model.
class Fetch {
 public:
  Fetch(const HubName& name, const HubSettings& settings, const FetchOptions& options)
      : name_(name), cache_(settings.cache), client_(settings), options_(options) {}

  FetchedModel run() {
    const HubListing listing = client_.list(name_);
    result_.commit = listing.commit;
    std::vector<std::string> files = wanted_files(name_.text(), listing.files);
    make_folder(cache_.blob(name_.repo, "").parent_path());
    if (files.back() == kWeightsIndexFile) add_shards(files, listing.files);
    for (const std::string& file : files) total_bytes_ += describe(file).size_bytes;
    check_room();
    for (const std::string& file : files) fetch_file(file);
    for (const std::string& file : files) cache_.link(name_.repo, listing.commit, file, described_.at(file).etag);
    cache_.write_ref(name_, listing.commit);
    result_.folder = cache_.find({.repo = name_.repo, .revision = listing.commit})->folder;
    return result_;
  }

 private:
  const HubFile& describe(const std::string& file) {
    const auto known = described_.find(file);
    if (known != described_.end()) return known->second;
    return described_[file] = client_.describe(name_, result_.commit, file);
  }

  /// Puts the index's weight files before the index, so that the link that makes a model look
  /// complete is made last.
  void add_shards(std::vector<std::string>& files, const std::vector<std::string>& listed) {
    fetch_file(kWeightsIndexFile);
    const std::set<std::string> known(listed.begin(), listed.end());
    for (const std::string& shard : shards_of_index(cache_.blob(name_.repo, described_.at(kWeightsIndexFile).etag))) {
      if (!known.contains(shard)) {
        throw FileError(name_.text() + "/" + kWeightsIndexFile, "names of files that the model has",
                        "\"" + shard + "\"");
      }
      files.insert(files.end() - 1, shard);
    }
  }

  /// Whether the cache has exactly the file's bytes: a disk may have damaged bytes that were once
  /// right.
  bool is_kept(const HubFile& hub) {
    if (proven_.contains(hub.etag)) return true;
    const Path blob = cache_.blob(name_.repo, hub.etag);
    if (!has_size(blob, hub.size_bytes) || content_hash_like(hub.etag, blob) != hub.etag) return false;
    proven_.insert(hub.etag);
    return true;
  }

  /// Rejects a size that no disk can hold before the first byte, whether or not it is true.
  void check_room() {
    std::int64_t missing = 0;
    for (const auto& [file, hub] : described_) {
      if (is_kept(hub)) continue;
      std::error_code error;
      const std::uintmax_t begun = std::filesystem::file_size(cache_.incomplete_blob(name_.repo, hub.etag), error);
      missing +=
          hub.size_bytes - (error ? 0 : std::min<std::int64_t>(hub.size_bytes, static_cast<std::int64_t>(begun)));
    }
    const std::filesystem::space_info space = std::filesystem::space(cache_.folder());
    if (static_cast<std::uintmax_t>(missing) <= space.available) return;
    throw FileError(cache_.folder(), "room for " + std::to_string(missing / 1000000) + " MB",
                    std::to_string(space.available / 1000000) + " MB");
  }

  void tell(std::int64_t file_bytes) const {
    if (options_.progress) options_.progress((done_bytes_ + file_bytes) / 1000, total_bytes_ / 1000);
  }

  void fetch_file(const std::string& file) {
    constexpr int kTries = 2;  // A revision can move once between two requests; a second time is an error.
    const std::string asked = name_.text() + "/" + file;
    std::string found;
    for (int tried = 0; tried < kTries; ++tried) {
      const HubFile hub = describe(file);
      const Path part = cache_.incomplete_blob(name_.repo, hub.etag);
      make_folder(cache_.lock_file(name_.repo, hub.etag).parent_path());
      const FolderLock lock(cache_.model_folder(name_.repo), cache_.lock_file(name_.repo, hub.etag));
      if (is_kept(hub)) {
        done_bytes_ += hub.size_bytes;
        return tell(0);
      }
      std::error_code none;
      const std::uintmax_t begun = std::filesystem::file_size(part, none);
      std::int64_t before = none ? 0 : static_cast<std::int64_t>(begun);
      client_.download(name_, result_.commit, file, hub, part, [&](std::int64_t size_bytes) {
        // Shorter than before: the download started again.
        result_.fetched_bytes += size_bytes >= before ? size_bytes - before : size_bytes;
        before = size_bytes;
        tell(size_bytes);
      });
      found = content_hash_like(hub.etag, part);
      if (found == hub.etag) {
        cache_.keep_blob(name_.repo, hub.etag);
        proven_.insert(hub.etag);
        ++result_.fetched_files;
        done_bytes_ += hub.size_bytes;
        return;
      }
      std::filesystem::remove(part);
      described_.erase(file);
    }
    throw FileError(asked, "the bytes that the hub's hash is of", "others, with hash " + found);
  }

  HubName name_;
  HubCache cache_;
  HubClient client_;
  FetchOptions options_;
  FetchedModel result_;
  std::map<std::string, HubFile> described_;
  std::set<std::string> proven_;  // ETags of blobs whose bytes were hashed
  std::int64_t done_bytes_ = 0;
  std::int64_t total_bytes_ = 0;
};

}  // namespace

FetchedModel fetch_model(const HubName& name, const HubSettings& settings, const FetchOptions& options) {
  const std::optional<HubSnapshot> found = HubCache(settings.cache).find(name);
  const bool whole = found && !lacks(found->folder);
  if (whole && (!options.update || settings.offline)) return {.folder = found->folder, .commit = found->commit};
  if (settings.offline)
    throw FileError(name.text(), "a model in the cache " + settings.cache.string() + ", as HF_HUB_OFFLINE is set",
                    "none");
  return Fetch(name, settings, options).run();
}

Path cached_model(const HubName& name, const HubSettings& settings) {
  const std::optional<HubSnapshot> found = HubCache(settings.cache).find(name);
  const std::optional<std::string> lacking = found ? lacks(found->folder) : std::nullopt;
  if (found && !lacking) return found->folder;
  throw FileError(name.text(),
                  "a model in the cache " + settings.cache.string() + " (`tandem fetch " + name.text() + "` gets it)",
                  found ? "one without " + *lacking : "none");
}

}  // namespace tandem
