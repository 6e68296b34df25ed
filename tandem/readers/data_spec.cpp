#include "tandem/readers/data_spec.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "tandem/base/errors.h"
#include "tandem/base/near_word.h"
#include "tandem/data/selection.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/readers/cifar.h"
#include "tandem/readers/coco.h"
#include "tandem/readers/flickr.h"
#include "tandem/readers/folder_data.h"
#include "tandem/readers/openclipart.h"
#include "tandem/readers/table.h"
#include "tandem/readers/webdataset.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

/// "no such file, folder or kind of data (did you mean flickr8k:?)"
std::string nothing_found(const std::string& spec) {
  const std::size_t colon = spec.find(':');
  const auto meant = colon == std::string::npos ? std::nullopt : near_word(spec.substr(0, colon), data_kinds());
  return "no such file, folder or kind of data" + (meant ? " (did you mean " + *meant + ":?)" : "");
}

/// Reads the data if its path can only mean one kind.
CaptionSet read_bare_path(const Path& path, const DataOptions& options) {
  if (std::filesystem::is_directory(path)) {
    if (is_flickr(path, FlickrKind::kEight)) return read_flickr(path, FlickrKind::kEight);
    if (is_flickr(path, FlickrKind::kThirty)) return read_flickr(path, FlickrKind::kThirty);
    if (is_coco(path)) return read_coco(path, options.per_category > 0);
    for (const CifarKind kind : {CifarKind::kTen, CifarKind::kHundred}) {
      if (is_cifar(path, kind)) return read_cifar(path, kind, options);
    }
    if (is_imagefolder(path)) return read_imagefolder(path);
    if (is_webdataset(path)) return read_webdataset(path);
    if (is_folder(path)) return read_folder(path);
    throw FileError(path, known_data_specs(),
                    "a folder with nothing that tells its kind (captions, metadata.csv, .tar files, .txt beside "
                    "pictures); name the kind");
  }
  if (is_webdataset(path)) return read_webdataset(path);
  if (!std::filesystem::exists(path)) throw FileError(path, known_data_specs(), nothing_found(path.string()));
  if (const auto format = table_format(path)) return read_table(path, *format);
  throw FileError(path, known_data_specs(), "a file that is not named .csv, .tsv, .jsonl or .tar; name the kind");
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
    if (kind == "coco") return read_coco(needed(path, spec), options.per_category > 0);
    if (kind == "csv") return read_table(needed(path, spec), TableFormat::kCsv);
    if (kind == "tsv") return read_table(needed(path, spec), TableFormat::kTsv);
    if (kind == "jsonl") return read_table(needed(path, spec), TableFormat::kJsonl);
    if (kind == "folder") return read_folder(needed(path, spec));
    if (kind == "imagefolder") return read_imagefolder(needed(path, spec));
    if (kind == "pictures") return read_pictures(needed(path, spec));
    if (kind == "webdataset") return read_webdataset(needed(path, spec));
    if (kind == "openclipart") return read_openclipart(path);
  }
  return read_bare_path(spec, options);
}

}  // namespace

std::string known_data_specs() {
  return "flickr8k:DIR, flickr30k:DIR, coco:DIR, cifar10:DIR, cifar100:DIR, csv:FILE, tsv:FILE, jsonl:FILE, "
         "folder:DIR, imagefolder:DIR, pictures:DIR, webdataset:SHARDS or openclipart:[DIR]";
}

std::vector<std::string> data_kinds() {
  const std::string specs = known_data_specs();
  std::vector<std::string> kinds;
  for (std::size_t colon = specs.find(':'); colon != std::string::npos; colon = specs.find(':', colon + 1)) {
    const std::size_t begin = specs.find_last_of(" ,", colon) + 1;
    kinds.push_back(specs.substr(begin, colon - begin));
  }
  return kinds;
}

bool generates_captions(const std::string& spec) {
  if (spec.starts_with("cifar10:") || spec.starts_with("cifar100:")) return true;
  return std::filesystem::is_directory(spec) &&
         (is_cifar(spec, CifarKind::kTen) || is_cifar(spec, CifarKind::kHundred));
}

CaptionSet read_data(const std::string& spec, const DataOptions& options) {
  CaptionSet set = read_any(spec, options);
  const auto first = std::find_if(set.defects.begin(), set.defects.end(), [](const Defect& one) { return !one.is_note; });
  if (options.strict && first != set.defects.end()) {
    throw FileError(spec, "data without defects (--strict)",
                    first->what + ": " + std::to_string(first->count()) + " (" + first->names() + ")");
  }
  select_part(set, options);
  return set;
}

}  // namespace tandem
