#include "tandem/readers/data_spec.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "tandem/base/errors.h"
#include "tandem/base/near_word.h"
#include "tandem/data/selection.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/json_list_rows.h"
#include "tandem/readers/cifar.h"
#include "tandem/readers/coco.h"
#include "tandem/readers/coco_files.h"
#include "tandem/readers/columnar_data.h"
#include "tandem/readers/flickr.h"
#include "tandem/readers/folder_data.h"
#include "tandem/readers/openclipart.h"
#include "tandem/readers/table.h"
#include "tandem/readers/webdataset.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

/// "no such file, folder or kind of data (did you mean flickr8k:?)"
std::string nothing_found(const std::string& spec) {
  const std::size_t colon = spec.find(':');
  const auto meant = colon == std::string::npos ? std::nullopt : near_word(spec.substr(0, colon), data_kinds());
  return "no such file, folder or kind of data" + (meant ? " (did you mean " + *meant + ":?)" : "");
}

TableOptions table_options(const DataOptions& options) {
  return {.columns = options.columns, .delimiter = options.delimiter};
}

bool is_at(const Path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

/// Reads "FILE", or "FILE,FOLDER" with the folder that the table's paths are relative to.
CaptionSet read_table_at(const std::string& place, TableFormat format, const DataOptions& options) {
  TableOptions own = table_options(options);
  const std::size_t comma = place.rfind(',');
  if (comma == std::string::npos || is_at(place)) return read_table(place, format, own);
  own.pictures = place.substr(comma + 1);
  if (!std::filesystem::is_directory(own.pictures))
    throw FileError(own.pictures, "the folder of the table's pictures: csv:FILE,FOLDER", "no such folder");
  return read_table(place.substr(0, comma), format, own);
}

CaptionSet read_coco_at(const std::string& place, const DataOptions& options) {
  const bool is_karpathy = Path(place).filename() == "dataset_coco.json";
  const bool categories = options.per_category > 0;
  return names_coco_files(place) && !is_karpathy ? read_coco_files(place, categories) : read_coco(place, categories);
}

/// A .json file is a list of objects (or JSON lines), or of COCO's form.
bool is_json_table(const Path& file) {
  const MappedFile map(file);
  return begins_json_list(map.bytes()) || is_json_lines(map.bytes());
}

CaptionSet read_bare_folder(const Path& path, const DataOptions& options) {
  if (is_flickr(path, FlickrKind::kEight)) return read_flickr(path, FlickrKind::kEight);
  if (is_flickr(path, FlickrKind::kThirty)) return read_flickr(path, FlickrKind::kThirty);
  if (is_coco(path)) return read_coco(path, options.per_category > 0);
  for (const CifarKind kind : {CifarKind::kTen, CifarKind::kHundred}) {
    if (is_cifar(path, kind)) return read_cifar(path, kind, options);
  }
  if (is_imagefolder(path)) return read_imagefolder(path, table_options(options));
  if (is_webdataset(path)) return read_webdataset(path);
  if (is_folder(path)) return read_folder(path);
  refuse_columnar_data(path);
  throw FileError(path, known_data_specs(),
                  "a folder with nothing that tells its kind (captions, metadata.csv, .tar files, .txt beside "
                  "pictures); name the kind");
}

/// Reads the data if its path can only mean one kind.
CaptionSet read_bare_path(const Path& path, const DataOptions& options) {
  if (std::filesystem::is_directory(path)) return read_bare_folder(path, options);
  if (is_webdataset(path)) return read_webdataset(path);
  if (!is_at(path)) throw FileError(path, known_data_specs(), nothing_found(path.string()));
  if (const auto format = table_format(path)) return read_table(path, *format, table_options(options));
  if (lower_case(path.extension().string()) == ".json") {
    return is_json_table(path) ? read_table(path, TableFormat::kJson, table_options(options))
                               : read_coco_at(path, options);
  }
  refuse_columnar_data(path);
  throw FileError(path, known_data_specs(),
                  "a file that is not named .csv, .tsv, .jsonl, .json or .tar; name the kind");
}

std::string needed(std::string_view path, const std::string& spec) {
  if (path.empty()) throw FileError(spec, known_data_specs(), "no path after the colon");
  return std::string(path);
}

CaptionSet read_any(const std::string& spec, const DataOptions& options) {
  const std::size_t colon = spec.find(':');
  const std::string_view kind = std::string_view(spec).substr(0, colon);
  const std::string_view path =
      colon == std::string::npos ? std::string_view() : std::string_view(spec).substr(colon + 1);
  if (colon != std::string::npos) {
    if (kind == "flickr8k") return read_flickr(needed(path, spec), FlickrKind::kEight);
    if (kind == "flickr30k") return read_flickr(needed(path, spec), FlickrKind::kThirty);
    if (kind == "cifar10") return read_cifar(needed(path, spec), CifarKind::kTen, options);
    if (kind == "cifar100") return read_cifar(needed(path, spec), CifarKind::kHundred, options);
    if (kind == "coco") return read_coco_at(needed(path, spec), options);
    if (kind == "csv") return read_table_at(needed(path, spec), TableFormat::kCsv, options);
    if (kind == "tsv") return read_table_at(needed(path, spec), TableFormat::kTsv, options);
    if (kind == "jsonl") return read_table_at(needed(path, spec), TableFormat::kJsonl, options);
    if (kind == "json") return read_table_at(needed(path, spec), TableFormat::kJson, options);
    if (kind == "folder") return read_folder(needed(path, spec));
    if (kind == "imagefolder") return read_imagefolder(needed(path, spec), table_options(options));
    if (kind == "pictures") return read_pictures(needed(path, spec));
    if (kind == "webdataset") return read_webdataset(needed(path, spec));
    if (kind == "openclipart") return read_openclipart(path);
  }
  return read_bare_path(spec, options);
}

}  // namespace

std::string known_data_specs() {
  return "flickr8k:DIR, flickr30k:DIR, coco:DIR, coco:FILE,PICTURES, cifar10:DIR, cifar100:DIR, csv:FILE, tsv:FILE, "
         "jsonl:FILE, json:FILE, folder:DIR, imagefolder:DIR, pictures:DIR, webdataset:SHARDS or openclipart:[DIR]";
}

std::vector<std::string> data_kinds() {
  const std::string specs = known_data_specs();
  std::vector<std::string> kinds;
  for (std::size_t colon = specs.find(':'); colon != std::string::npos; colon = specs.find(':', colon + 1)) {
    const std::size_t begin = specs.find_last_of(" ,", colon) + 1;
    const std::string kind = specs.substr(begin, colon - begin);
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
  }
  return kinds;
}

bool generates_captions(const std::string& spec) {
  if (spec.starts_with("cifar10:") || spec.starts_with("cifar100:")) return true;
  return std::filesystem::is_directory(spec) &&
         (is_cifar(spec, CifarKind::kTen) || is_cifar(spec, CifarKind::kHundred));
}

bool reads_table(const std::string& spec) {
  const auto is_kind = [&](const char* kind) { return spec.starts_with(kind); };
  if (is_kind("csv:") || is_kind("tsv:") || is_kind("jsonl:") || is_kind("json:") || is_kind("imagefolder:"))
    return true;
  const Path path(spec);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return is_imagefolder(path);
  if (!is_at(path)) return false;
  return table_format(path).has_value() || (lower_case(path.extension().string()) == ".json" && is_json_table(path));
}

CaptionSet read_data(const std::string& spec, const DataOptions& options) {
  CaptionSet set = read_any(spec, options);
  const auto first =
      std::find_if(set.defects.begin(), set.defects.end(), [](const Defect& one) { return !one.is_note; });
  if (options.strict && first != set.defects.end()) {
    throw FileError(spec, "data without defects (--strict)",
                    first->what + ": " + std::to_string(first->count()) + " (" + first->names() + ")");
  }
  select_part(set, options);
  return set;
}

}  // namespace tandem
