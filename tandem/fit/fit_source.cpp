#include "tandem/fit/fit_source.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cctype>

#include "tandem/base/errors.h"
#include "tandem/base/joined_text.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/curation/content_sides.h"
#include "tandem/features/encode.h"
#include "tandem/features/shard_file.h"
#include "tandem/features/store_entries.h"
#include "tandem/readers/data_spec.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/copied_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

/// The number of skipped pictures that are named.
constexpr std::size_t kNamed = 5;

bool is_there(const Path& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

std::string absolute_text(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

/// "flickr8k:" of "flickr8k:DIR"; empty if the text begins with no kind.
std::string kind_in_front(const std::string& source) {
  const std::size_t colon = source.find(':');
  if (colon == std::string::npos || colon == 0) return "";
  const bool is_word = std::all_of(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(colon),
                                   [](unsigned char c) { return std::isalnum(c) != 0; });
  return is_word ? source.substr(0, colon + 1) : "";
}

std::vector<std::string> parts_at_commas(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

const std::string& of_encoder(const std::vector<std::string>& poolings, std::size_t encoder) {
  return poolings[poolings.size() == 1 ? 0 : encoder];
}

void refuse_data_options(const FitOptions& options) {
  const DataOptions& read = options.data.read;
  const bool idle = read.limit == 0 && read.per_category == 0 && read.templates.empty() && !read.strict &&
                    read.columns.empty() && read.delimiter.empty();
  TORCH_CHECK_VALUE(idle,
                    "fit: of [data], limit, per_category, templates, strict, columns and delimiter go with data, "
                    "got a folder of features");
}

/// The data as read_data returns it, refused if options have no effect on it or it has no captions.
CaptionSet captioned_data(const FitDataOptions& options) {
  const bool is_plain = options.read.columns.empty() && options.read.delimiter.empty();
  TORCH_CHECK_VALUE(is_plain || reads_table(options.source),
                    "fit: data.image_column and the like and data.delimiter go with tables, got ", options.source);
  CaptionSet data = read_data(options.source, options.read);
  refuse_gallery(data, options.source, "to fit a model");
  return data;
}

void notice_data(const CaptionSet& data, const Notice& notice) {
  if (!notice) return;
  std::int64_t in_split[4] = {};
  for (const CaptionedImage& image : data.images) ++in_split[static_cast<int>(image.split)];
  notice(printable(data.name) + ": " + with_thousands(static_cast<std::int64_t>(data.images.size())) + " pictures, " +
         with_thousands(data.caption_count()) + " captions (train " + with_thousands(in_split[0]) + ", dev " +
         with_thousands(in_split[1]) + ", test " + with_thousands(in_split[2]) + ", in no split " +
         with_thousands(in_split[3]) + ")");
  for (const std::string& remark : data.remarks) notice("  note: " + printable_sentence(remark));
  for (const Defect& defect : data.defects) notice("  note: " + printable_sentence(defect.sentence()));
}

void notice_skipped(const FeatureManifest& manifest, const Notice& notice) {
  if (!notice || manifest.skipped.empty()) return;
  notice("  left out: " + with_thousands(static_cast<std::int64_t>(manifest.skipped.size())) +
         " pictures that could not be read");
  for (std::size_t i = 0; i < std::min(kNamed, manifest.skipped.size()); ++i)
    notice("    " + printable_sentence(manifest.skipped[i].reason));
  if (manifest.skipped.size() > kNamed) notice("    ... features/manifest.json lists them all");
}

/// Gives data that came without splits those that the finished store has. False if it has none.
bool take_kept_sides(FitSource& source, const Path& encoded) {
  const auto finished = finished_store(source.data, source.image_sources, source.text_sources, encoded);
  return finished && take_sides(source.data, {finished->image_ids, finished->image_splits, finished->remarks});
}

/// A stage that begins with its first item.
Progress begun_late(const Stages& stages, const std::string& doing, const std::string& unit) {
  if (!stages) return {};
  return [&stages, doing, unit, begun = false, shown = Progress()](std::int64_t done, std::int64_t total) mutable {
    if (!begun) shown = stages(doing, unit);
    begun = true;
    if (shown) shown(done, total);
  };
}

void link_file(const Path& from, const Path& to) {
  std::error_code error;
  std::filesystem::remove(to, error);
  std::filesystem::create_hard_link(from, to, error);
  if (error) copy_to_new_file(from, to);
}

}  // namespace

bool is_feature_folder(const Path& source) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(source, error)) {
    const std::string name = entry.path().filename().string();
    if (is_shard_name(name, ShardSide::kImage) || is_shard_name(name, ShardSide::kText)) return true;
  }
  return false;
}

std::string absolute_source(const std::string& source) {
  if (source.empty() || is_there(source)) return source.empty() ? source : absolute_text(source);
  const std::string kind = kind_in_front(source);
  const std::string place = source.substr(kind.size());
  if (place.empty()) return source;
  const std::vector<std::string> parts = parts_at_commas(place);
  const bool is_list = !is_there(place) && parts.size() > 1 && std::all_of(parts.begin(), parts.end(), is_there);
  if (is_list) return kind + joined_text(parts, ",", absolute_text);
  return kind + absolute_text(place);
}

FitSource open_fit_source(const FitOptions& options) {
  FitSource source;
  if (is_feature_folder(options.data.source)) {
    refuse_data_options(options);
    source.features = options.data.source;
    return source;
  }
  const FitEncodeOptions& encode = options.encode;
  const c10::Device device = device_named(encode.device);
  const Compute compute(precision_named(encode.dtype, device), device);
  source.data = captioned_data(options.data);
  for (std::size_t i = 0; i < encode.image_encoders.size(); ++i) {
    source.image_sources.push_back(
        open_image_source(encode.image_encoders[i], parse_views(of_encoder(encode.image_poolings, i)), compute));
  }
  for (std::size_t i = 0; i < encode.text_encoders.size(); ++i) {
    source.text_sources.push_back(
        open_text_source(encode.text_encoders[i], parse_views(of_encoder(encode.text_poolings, i)), compute));
  }
  return source;
}

std::string features_fingerprint(const FeatureManifest& manifest) {
  Checksum checksum;
  checksum.add_field(manifest.plan);
  for (const Split split : manifest.image_splits) checksum.add_field(split_name(split));
  return checksum.text();
}

std::optional<std::string> found_features(FitSource& source, const Path& encoded) {
  if (!source.features.empty()) return features_fingerprint(read_manifest(source.features));
  const auto finished = finished_store(source.data, source.image_sources, source.text_sources, encoded);
  if (!finished) return std::nullopt;
  if (source.data.splits_made) return features_fingerprint(*finished);  // It was split then, and keeps these sides.
  FeatureManifest now = *finished;
  std::size_t row = 0;
  for (const CaptionedImage& image : source.data.images) {
    if (row < now.image_ids.size() && now.image_ids[row] == image.id) now.image_splits[row++] = image.split;
  }
  return features_fingerprint(now);
}

void encode_source(FitSource& source, const FitOptions& options, const Path& folder, const FeatureWatch& watch) {
  if (source.data.splits_made && !take_kept_sides(source, folder)) {
    const Progress shown = begin_stage(watch.stages, "splitting by content", "pictures");
    const Stages once = [&](const std::string&, const std::string&) -> Progress {
      return [&](std::int64_t done, std::int64_t total) {
        if (shown) shown(done, total);
        if (watch.stop && watch.stop()) throw Stopped();
      };
    };
    settle_sides(source.data, options.threads, once);
  }
  notice_data(source.data, watch.notice);
  encode(source.data, source.image_sources, source.text_sources, folder,
         {.threads = options.threads,
          .strict = options.data.read.strict,
          .overwrite = true,
          .image_progress = begun_late(watch.stages, "encoding pictures", "pictures"),
          .text_progress = begun_late(watch.stages, "encoding captions", "captions"),
          .stop = watch.stop});
  notice_skipped(read_manifest(folder), watch.notice);
}

void link_shards(const Path& from, const Path& to) {
  make_folder(to);
  for (const auto& entry : std::filesystem::directory_iterator(from)) {
    if (entry.is_regular_file() && is_store_entry(entry.path()) && entry.path().filename() != kManifestName)
      link_file(entry.path(), to / entry.path().filename());
  }
}

void link_features(const Path& from, const Path& to) {
  link_shards(from, to);
  try {
    write_manifest(to, read_manifest(from));  // It names pictures by their way from the store.
  } catch (const FileError&) {
    // Without a manifest that can be read, every shard is looked at.
  }
}

}  // namespace tandem
