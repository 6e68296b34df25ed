// A data set into a folder: all of it, checked, or nothing that looks like it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/fetching/datasets/dataset_files.h"
#include "tandem/fetching/datasets/known_datasets.h"

namespace tandem {

/// What is wanted of a data set.
struct DatasetRequest {
  std::string variant = {};  ///< one of the data set's; empty: its first
  std::int64_t limit = 0;    ///< so many pictures, chosen by seed and fetched one by one; 0: all, as archives
  std::uint64_t seed = 0;
};

struct FetchedArchive {
  std::string url;
  std::int64_t size_bytes = 0;
  std::string sha256;
  bool hash_published = false;  ///< and found to fit
};

struct FetchedDataset {
  std::filesystem::path folder;
  bool was_there = false;  ///< nothing was asked of the network
  std::vector<FetchedArchive> archives;
  std::int64_t pictures = 0;  ///< fetched one by one
};

struct DatasetWatch {
  /// Gives the progress of the next stage, named for people: "Flickr8k_text.zip", "kB". May be
  /// empty.
  std::function<Progress(const std::string& stage, const std::string& unit)> stage = {};
};

/// Throws c10::ValueError if the request makes no sense for the data set: another variant, a limit
/// where pictures cannot be fetched one by one.
DatasetRequest checked_request(const KnownDataset& dataset, DatasetRequest request);

/// Whether `folder` holds just what is asked for. Throws FileError if it is there, not empty, and
/// holds something else.
bool is_fetched(const KnownDataset& dataset, const DatasetRequest& asked, const std::filesystem::path& folder);

/// Works in FOLDER.fetching, which is left when it fails and continued by the next call, and gives
/// it its name at the very end. FOLDER/tandem_fetch.json then says what came from where, with
/// SHA-256. A folder that holds the same already costs nothing.
///
/// Throws FileError if FOLDER holds something else, another process fetches into it, the home does
/// not have a file or sends something else, a published hash does not fit, or an archive is damaged
/// or has names that would leave the folder.
FetchedDataset fetch_dataset(const KnownDataset& dataset, const DatasetRequest& request,
                             const std::filesystem::path& folder, const DatasetSettings& settings,
                             const DatasetWatch& watch = {});

inline constexpr const char* kFetchRecordName = "tandem_fetch.json";

}  // namespace tandem
