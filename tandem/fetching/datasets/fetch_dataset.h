// Fetches a data set into a folder. The folder appears only when the data set is complete and
// checked.
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

/// The requested part of a data set.
struct DatasetRequest {
  std::string variant = {};  ///< one of the data set's; empty: its first
  std::int64_t limit = 0;    ///< number of pictures, chosen by seed and fetched one by one; 0: all, as archives
  std::uint64_t seed = 0;
};

struct FetchedArchive {
  std::string url;
  std::int64_t size_bytes = 0;
  std::string sha256;
  bool hash_published = false;  ///< a hash was published, and it fits
};

struct FetchedDataset {
  std::filesystem::path folder;
  bool was_there = false;  ///< nothing was requested over the network
  std::vector<FetchedArchive> archives;
  std::int64_t pictures = 0;  ///< number of those fetched one by one
};

struct DatasetWatch {
  /// Returns the progress of the next stage, named for people: "Flickr8k_text.zip", "kB". May be
  /// empty.
  std::function<Progress(const std::string& stage, const std::string& unit)> stage = {};
};

/// Returns the request with the defaults filled in. Throws c10::ValueError if it is invalid for the
/// data set: an unknown variant, or a limit although pictures cannot be fetched one by one.
DatasetRequest checked_request(const KnownDataset& dataset, DatasetRequest request);

/// Whether `folder` holds exactly the requested part. Throws FileError if the folder exists, is not
/// empty, and holds something else.
bool is_fetched(const KnownDataset& dataset, const DatasetRequest& asked, const std::filesystem::path& folder);

/// Fetches the data set. It works in FOLDER.fetching, which stays after a failure and is continued
/// by the next call, and gives it its name at the end. FOLDER/tandem_fetch.json then records each
/// source with its SHA-256. If the folder already holds the requested part, nothing is done.
///
/// Throws FileError if FOLDER holds something else, another process fetches into it, the home does
/// not have a file or sends something else, a published hash does not fit, or an archive is damaged
/// or has names that would leave the folder.
FetchedDataset fetch_dataset(const KnownDataset& dataset, const DatasetRequest& request,
                             const std::filesystem::path& folder, const DatasetSettings& settings,
                             const DatasetWatch& watch = {});

inline constexpr const char* kFetchRecordName = "tandem_fetch.json";

}  // namespace tandem
