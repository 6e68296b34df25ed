#include "tandem/fetching/datasets/dataset_files.h"

#include <cstdlib>
#include <optional>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

void check_success(const std::string& asked, const HttpAnswer& answer) {
  if (answer.status == 200 || answer.status == 206) return;
  const std::string found = answer.host + " answering HTTP " + std::to_string(answer.status);
  if (answer.status == 408 || answer.status == 429 || answer.status >= 500) throw HttpFailure(found, true);
  throw FileError(asked, "a file of that name (--mirror names another place)", found);
}

/// Identifies the file that FILE.part is a part of.
struct PartRecord {
  std::string url;
  std::string etag;
  std::int64_t size_bytes = -1;
};

std::optional<PartRecord> read_record(const Path& file) {
  if (!std::filesystem::exists(file)) return std::nullopt;
  try {
    const Json json = read_checked_json(file);
    return PartRecord{.url = json_field<std::string>(json, "url", file),
                      .etag = json_field<std::string>(json, "etag", file),
                      .size_bytes = json_field<std::int64_t>(json, "size_bytes", file)};
  } catch (const FileError&) {
    return std::nullopt;  // The origin of this part is unknown, so the download starts again.
  }
}

}  // namespace

DatasetFiles::DatasetFiles(const std::string& home, const DatasetSettings& settings)
    : home_(settings.mirror.empty() ? home : settings.mirror),
      patience_(settings.patience),
      connection_({.home = "", .token = "", .stall_seconds = settings.stall_seconds}) {}

void DatasetFiles::fetch(const std::string& path, const Path& file,
                         const std::function<void(std::int64_t, std::int64_t)>& arrived) {
  if (std::filesystem::exists(file)) return;
  make_folder(file.parent_path());
  const Path part = file.string() + ".part";
  const Path record_file = file.string() + ".part.json";
  const std::string url = address_of(path);
  std::optional<PartRecord> record = read_record(record_file);
  std::error_code error;
  // Only an ETag proves that a part belongs to the file that the server has now.
  if (!record || record->url != url || record->etag.empty()) {
    std::filesystem::remove(part, error);
    record = PartRecord{};
  }
  const auto size = std::filesystem::file_size(part, error);
  const bool whole = !error && record->size_bytes >= 0 && static_cast<std::int64_t>(size) == record->size_bytes;
  if (!whole) {
    const auto begun = [&](const HttpAnswer& answer, std::int64_t size_bytes) {
      const std::string etag = answer.header("etag");
      if (etag.empty() || etag.starts_with("W/")) {
        std::error_code none;
        std::filesystem::remove(record_file, none);
      } else {
        write_checked_json(record_file, {{"url", url}, {"etag", etag}, {"size_bytes", size_bytes}});
      }
    };
    download_file(connection_, patience_, {.asked = url, .url = url, .etag = record->etag}, part,
                  {.check_success = [&](const HttpAnswer& answer) { check_success(url, answer); },
                   .begun = begun,
                   .arrived = arrived});
  }
  std::filesystem::rename(part, file, error);
  if (error) throw FileError(file, "a place for the file", error.message());
  std::filesystem::remove(record_file, error);
}

std::string mirror_named(const std::string& named) {
  const char* variable = std::getenv("TANDEM_MIRROR");
  std::string mirror = !named.empty() || variable == nullptr ? named : variable;
  while (mirror.ends_with('/')) mirror.pop_back();
  if (!mirror.empty() && !mirror.starts_with("https://") && !mirror.starts_with("http://")) {
    throw FileError(named.empty() ? "TANDEM_MIRROR" : "--mirror", "an address that begins with https:// or http://",
                    "another");
  }
  return mirror;
}

}  // namespace tandem
