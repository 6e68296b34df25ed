#include "tandem/fetching/datasets/fetch_dataset.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/base/joined_text.h"
#include "tandem/fetching/datasets/coco_part.h"
#include "tandem/fetching/datasets/fetch_pictures.h"
#include "tandem/fetching/datasets/unpack_archive.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/durable_folder.h"
#include "tandem/storage/file_digest.h"
#include "tandem/storage/json_text.h"
#include "tandem/storage/output_lock.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::int64_t kLargestExpansion =
    40;  // COCO's annotations, plain JSON, come out 4 times as large as their zip.

/// The request, so that a later call recognises its own folder.
Json request_json(const KnownDataset& dataset, const DatasetRequest& request) {
  Json json = {{"name", dataset.name}, {"variant", request.variant}, {"limit", request.limit}};
  if (request.limit > 0) json["seed"] = request.seed;
  return json;
}

Json to_json(const FetchedArchive& archive) {
  return {{"url", archive.url},
          {"size_bytes", archive.size_bytes},
          {"sha256", archive.sha256},
          {"published_hash_fits", archive.hash_published}};
}

void rename_or_complain(const Path& from, const Path& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (error) throw FileError(to, "a place to put what was fetched", error.message());
}

class DatasetFetch {
 public:
  DatasetFetch(const KnownDataset& dataset, const DatasetRequest& request, const Path& folder,
               const DatasetSettings& settings, const DatasetWatch& watch)
      : request_(request),
        dataset_(dataset),
        folder_(folder),
        place_(folder.string() + ".fetching"),
        settings_(settings),
        watch_(watch),
        files_(dataset_.home, settings) {}

  FetchedDataset run() {
    make_folder(place_);
    // The remains of another request cannot be used for this one.
    const Path wanted = place_ / "request.json";
    if (!std::filesystem::exists(wanted) || read_json(wanted) != request_json(dataset_, request_)) {
      for (const char* stale : {"content", "downloads", "unpacking"}) std::filesystem::remove_all(place_ / stale);
      write_json(wanted, request_json(dataset_, request_));
    }
    make_folder(place_ / "content");
    for (const DatasetArchive& archive : dataset_.archives) {
      const bool chosen = archive.variant.empty() || archive.variant == request_.variant || request_.variant == "both";
      if (!chosen) continue;
      archive.pictures&& request_.limit > 0 ? fetch_some_pictures(archive) : fetch_archive(archive);
    }
    finish();
    std::error_code none;
    std::filesystem::remove_all(place_, none);
    return result_;
  }

 private:
  Progress stage(const std::string& name, const std::string& unit) const {
    return watch_.stage ? watch_.stage(name, unit) : Progress();
  }

  void fetch_archive(const DatasetArchive& archive) {
    const Path file = place_ / "downloads" / Path(archive.path).filename();
    const Path done = file.string() + ".done.json";
    FetchedArchive fetched{.url = files_.address_of(archive.path)};
    if (std::filesystem::exists(done)) {
      const Json json = read_checked_json(done);
      fetched = {.url = json_field<std::string>(json, "url", done),
                 .size_bytes = json_field<std::int64_t>(json, "size_bytes", done),
                 .sha256 = json_field<std::string>(json, "sha256", done),
                 .hash_published = json_field<bool>(json, "published_hash_fits", done)};
      result_.archives.push_back(std::move(fetched));
      return;
    }
    const Progress progress = stage(file.filename().string(), "kB");
    files_.fetch(archive.path, file, [&](std::int64_t size_bytes, std::int64_t total_bytes) {
      if (progress) progress(size_bytes / 1000, std::max(size_bytes, total_bytes) / 1000);
    });
    check_hash(archive, file);
    fetched.size_bytes = static_cast<std::int64_t>(std::filesystem::file_size(file));
    fetched.sha256 = file_digest(DigestKind::kSha256, file);
    fetched.hash_published = !archive.md5.empty();
    unpack(archive, file, fetched.size_bytes);
    write_checked_json(done, to_json(fetched));
    std::filesystem::remove(file);
    result_.archives.push_back(std::move(fetched));
  }

  void check_hash(const DatasetArchive& archive, const Path& file) const {
    if (archive.md5.empty()) return;
    const std::string found = file_digest(DigestKind::kMd5, file);
    if (found == archive.md5) return;
    std::filesystem::remove(file);  // A new request may succeed.
    throw FileError(files_.address_of(archive.path), "the file with the published MD5 " + archive.md5,
                    "one with MD5 " + found);
  }

  void unpack(const DatasetArchive& archive, const Path& file, std::int64_t size_bytes) const {
    const Path unpacking = place_ / "unpacking";
    std::filesystem::remove_all(unpacking);
    try {
      unpack_archive(file, unpacking,
                     {.keep = archive.keep,
                      .most_bytes = kLargestExpansion * size_bytes + (1 << 20),
                      .progress = stage("unpacking " + file.filename().string(), "kB")});
    } catch (const FileError&) {
      std::filesystem::remove_all(unpacking);
      std::filesystem::remove(file);
      throw;
    }
    for (const auto& entry : std::filesystem::directory_iterator(unpacking)) {
      const Path to = place_ / "content" / entry.path().filename();
      std::filesystem::remove_all(to);  // Of an interrupted call.
      rename_or_complain(entry.path(), to);
    }
  }

  void fetch_some_pictures(const DatasetArchive& archive) {
    const std::string part = archive.variant + "2017";
    const Path captions = place_ / "content" / "annotations" / ("captions_" + part + ".json");
    const std::vector<std::string> names = choose_coco_pictures(captions, request_.limit, request_.seed);
    fetch_pictures(dataset_.home, part, names, place_ / "content" / part, settings_,
                   stage("pictures of " + part, "pictures"));
    keep_coco_pictures(captions, names);
    result_.pictures += static_cast<std::int64_t>(names.size());
  }

  /// Captions of a part that was not requested would name missing pictures.
  void drop_other_captions() const {
    for (const DatasetArchive& archive : dataset_.archives) {
      if (!archive.pictures || request_.variant == "both" || archive.variant == request_.variant) continue;
      std::filesystem::remove(place_ / "content" / "annotations" / ("captions_" + archive.variant + "2017.json"));
    }
  }

  void finish() {
    drop_other_captions();
    Json archives = Json::array();
    for (const FetchedArchive& archive : result_.archives) archives.push_back(to_json(archive));
    write_json(place_ / "content" / kFetchRecordName, {{"request", request_json(dataset_, request_)},
                                                       {"archives", archives},
                                                       {"pictures", result_.pictures},
                                                       {"terms", dataset_.terms}});
    make_folder_durable(place_ / "content");
    rename_or_complain(place_ / "content", folder_);
    result_.folder = folder_;
  }

  const DatasetRequest& request_;
  const KnownDataset& dataset_;
  const Path folder_;
  const Path place_;
  const DatasetSettings& settings_;
  const DatasetWatch& watch_;
  DatasetFiles files_;
  FetchedDataset result_;
};

}  // namespace

DatasetRequest checked_request(const KnownDataset& dataset, DatasetRequest request) {
  if (request.variant.empty() && !dataset.variants.empty()) request.variant = dataset.variants.front();
  const bool known = request.variant.empty() || std::find(dataset.variants.begin(), dataset.variants.end(),
                                                          request.variant) != dataset.variants.end();
  const std::string variants = joined_text(dataset.variants, ", ");
  TORCH_CHECK_VALUE(known, "fetch: the variant of ", dataset.name, " must be ",
                    variants.empty() ? "left out" : variants, ", got \"", request.variant, "\"");
  const bool one_by_one = std::any_of(dataset.archives.begin(), dataset.archives.end(),
                                      [](const DatasetArchive& archive) { return archive.pictures; });
  TORCH_CHECK_VALUE(request.limit >= 0 && (request.limit == 0 || one_by_one),
                    "fetch: --limit is for data sets whose pictures can be fetched one by one, got ", dataset.name);
  return request;
}

bool is_fetched(const KnownDataset& dataset, const DatasetRequest& asked, const Path& folder) {
  if (!std::filesystem::exists(folder) || (std::filesystem::is_directory(folder) && std::filesystem::is_empty(folder)))
    return false;
  const Path record = folder / kFetchRecordName;
  const Json wanted = request_json(dataset, checked_request(dataset, asked));
  if (!std::filesystem::exists(record))
    throw FileError(folder, "no such folder yet, or one that tandem fetched (--out names another)", "something else");
  const Json found = json_field<Json>(read_json(record), "request", record);
  if (found != wanted) {
    throw FileError(folder, "no such folder yet, or one with " + wanted.dump() + " (--out names another)",
                    json_line(found));
  }
  return true;
}

FetchedDataset fetch_dataset(const KnownDataset& dataset, const DatasetRequest& request, const Path& folder,
                             const DatasetSettings& settings, const DatasetWatch& watch) {
  const DatasetRequest checked = checked_request(dataset, request);
  Path plain = folder.lexically_normal();
  if (!plain.has_filename()) plain = plain.parent_path();  // "flickr8k/"
  const FetchedDataset there{.folder = plain, .was_there = true, .archives = {}};
  if (is_fetched(dataset, checked, plain)) return there;
  if (plain.has_parent_path()) make_folder(plain.parent_path());
  const OutputLock lock(plain);
  if (is_fetched(dataset, checked, plain)) return there;  // By another process, between the two.
  return DatasetFetch(dataset, checked, plain, settings, watch).run();
}

}  // namespace tandem
