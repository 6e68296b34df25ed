#include "tandem/features/encode.h"

#include <ATen/ops/cat.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/base/joined_text.h"
#include "tandem/features/encode_texts.h"
#include "tandem/features/encoding_plan.h"
#include "tandem/features/feature_manifest.h"
#include "tandem/features/keep_time.h"
#include "tandem/features/shard_file.h"
#include "tandem/features/store_entries.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/folder_lock.h"
#include "tandem/storage/path_text.h"
#include "tandem/storage/replaced_folder.h"

namespace tandem {
namespace {

template <typename Source>
std::vector<TokenColumns> tokens_of(const Source& source) {
  std::vector<TokenColumns> tokens;
  std::int64_t begin = 0;
  for (const View& view : source.views) {
    const std::int64_t width = view_width(source, view);
    if (view.tokens > 0) tokens.push_back({.begin = begin, .count = view.tokens, .width = width / view.tokens});
    begin += width;
  }
  return tokens;
}

template <typename Source>
std::vector<EncoderRecord> records_of(const std::vector<Source>& sources) {
  std::vector<EncoderRecord> records;
  for (const Source& source : sources) {
    records.push_back({.folder = path_text(std::filesystem::absolute(source.tower.folder).lexically_normal()),
                       .model_type = source.tower.model_type,
                       .fingerprint = source.tower.fingerprint,
                       .files = source.tower.files,
                       .precision = source.tower.compute.precision,
                       .views = joined_text(source.views, ",", view_text),
                       .width = feature_width(source),
                       .tokens = tokens_of(source),
                       .rules = source.tower.rules});
  }
  return records;
}

std::vector<std::string> all_captions(const CaptionSet& data) {
  std::vector<std::string> all;
  for (const CaptionedImage& image : data.images) all.insert(all.end(), image.captions.begin(), image.captions.end());
  return all;
}

/// The content of a complete store: pictures, all their captions, encoders, views. Known before
/// anything is encoded.
std::string plan_of(const CaptionSet& data, const FeatureManifest& manifest, const EncodeOptions& options) {
  Checksum plan;
  plan.add_field(image_plan(data, manifest.image_encoders, options.images_per_shard));
  plan.add_field(text_plan(all_captions(data), manifest.text_encoders, options.captions_per_shard));
  for (const CaptionedImage& image : data.images) plan.add_field(std::to_string(image.captions.size()));
  return plan.text();
}

std::string encoders_text(const FeatureManifest& manifest) {
  std::string text;
  for (const auto* side : {&manifest.image_encoders, &manifest.text_encoders}) {
    for (const EncoderRecord& encoder : *side) {
      text += (text.empty() ? "" : " + ") +
              (is_imported(encoder) ? encoder.model_type : encoder.folder.filename().string()) + " (" + encoder.views +
              ")";
    }
  }
  return text;
}

/// The manifest as far as it is known before anything is encoded.
FeatureManifest planned_manifest(const CaptionSet& data, const std::vector<ImageSource>& image_sources,
                                 const std::vector<TextSource>& text_sources, const EncodeOptions& options) {
  for (const CaptionedImage& image : data.images)
    path_text(std::filesystem::absolute(image.picture.file));  // Rejected now, not after the encoding.
  FeatureManifest manifest;
  manifest.data_name = data.name;
  manifest.selection = data.selection;
  manifest.image_encoders = records_of(image_sources);
  manifest.text_encoders = records_of(text_sources);
  manifest.plan = plan_of(data, manifest, options);
  manifest.remarks = data.remarks;
  for (const Defect& defect : data.defects) manifest.remarks.push_back(defect.sentence());
  return manifest;
}

constexpr const char* kNoOtherFeatures =
    "no features, or those of the same data and encoders (--overwrite replaces others)";

void refuse_other_features(const std::filesystem::path& folder, const FeatureManifest& wanted) {
  const FeatureManifest found = read_manifest(folder);
  if (found.plan == wanted.plan) return;
  const bool same_encoders = encoding_fingerprint(found.image_encoders, found.text_encoders) ==
                             encoding_fingerprint(wanted.image_encoders, wanted.text_encoders);
  throw FileError(
      folder, kNoOtherFeatures,
      "features of " + found.data_name +
          (same_encoders ? " from before its pictures or captions changed" : " by " + encoders_text(found)));
}

bool has_plan(const std::filesystem::path& folder, const std::string& plan) {
  try {
    return read_manifest(folder).plan == plan;
  } catch (const FileError&) {
    return false;  // The manifest is damaged, and the caller asked to overwrite.
  }
}

/// Counts progress over all shards; the current shard counts its own.
Progress shifted(const Progress& progress, std::int64_t before, std::int64_t total) {
  if (!progress) return {};
  return [&progress, before, total](std::int64_t done, std::int64_t) { progress(before + done, total); };
}

/// Appends newly encoded pictures to those of the shard that exist.
void add_pictures(BegunShard& begun, const EncodedImages& encoded) {
  const at::Tensor& before = begun.content.features;
  begun.content.features = before.defined() ? at::cat({before, encoded.features}) : encoded.features;
  for (const UnreadableImage& image : encoded.unreadable)
    begun.content.unreadable.push_back({.index = begun.done + image.index, .reason = image.reason});
  begun.done += encoded.done;
}

EncodeOptions with_bounded_shards(EncodeOptions options, const std::vector<ImageSource>& image_sources,
                                  const std::vector<TextSource>& text_sources) {
  options.images_per_shard = bounded_rows(options.images_per_shard, feature_width(image_sources));
  options.captions_per_shard = bounded_rows(options.captions_per_shard, feature_width(text_sources));
  return options;
}

/// Gives a finished shard a second name. Returns false if that is not possible: it is then made
/// again.
bool take_over(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  std::filesystem::remove(to, error);
  std::filesystem::create_hard_link(from, to, error);
  if (error) std::filesystem::copy_file(from, to, error);
  return !error;
}

class Encoding {
 public:
  /// `writer` of the first process only; the others find its place.
  Encoding(const CaptionSet& data, const std::filesystem::path& store, ReplacedFolder* writer,
           const EncodeOptions& options)
      : data_(data), store_(store), writer_(writer), folder_(store), options_(options) {}

  EncodeReport run(const std::vector<ImageSource>& image_sources, const std::vector<TextSource>& text_sources) {
    manifest_ = planned_manifest(data_, image_sources, text_sources, options_);
    image_plan_ = image_plan(data_, manifest_.image_encoders, options_.images_per_shard);
    const EncodeShare& share = options_.share;
    if (writer_ != nullptr) folder_ = place_of_first();
    if (share.count > 1) share.meet();
    if (writer_ == nullptr) folder_ = place_of_others();

    encode_image_shards(image_sources);
    encode_text_shards(text_sources);
    if (writer_ != nullptr) {
      write_manifest(folder_, manifest_);
      remove_other_shards(folder_, all_shards());
      writer_->finish();
    }
    if (share.count > 1) {
      report_.shards_found -= report_.shards_made;  // its own were found again with all the others
      share.meet();
    }
    return report_;
  }

 private:
  /// Where the shards of this plan are written: in the store's folder, or beside it if other
  /// features are to be replaced. Features of something else are rejected, or stay complete until
  /// their replacements are.
  std::filesystem::path place_of_first() const {
    const bool finished = std::filesystem::exists(store_ / kManifestName);
    const bool same = finished && has_plan(store_, manifest_.plan);
    if (same) return writer_->begin_in_place();  // Unfinished content of another call beside it may still be needed.
    if (finished && !options_.overwrite) refuse_other_features(store_, manifest_);
    const auto found = plan_of_shards(store_, ShardSide::kImage);
    const bool others = finished || (found && *found != image_plan_);
    if (others && !options_.overwrite) throw FileError(store_, kNoOtherFeatures, "an interrupted encoding of others");
    if (!others) writer_->discard_unfinished();
    if (!others) return writer_->begin_in_place();
    writer_->keep_unfinished();
    const bool begun = writer_->has_unfinished() && plan_of_shards(writer_->beside(), ShardSide::kImage) == image_plan_;
    return begun ? writer_->go_on() : writer_->begin();
  }

  std::filesystem::path place_of_others() const {
    const std::filesystem::path beside = ReplacedFolder::beside(store_);
    const bool same = std::filesystem::exists(store_ / kManifestName) && has_plan(store_, manifest_.plan);
    return !same && std::filesystem::exists(beside) ? beside : store_;
  }

  /// The shard where this encoding writes, or one of the same plan in the store that it replaces.
  std::optional<FoundShard> found_shard(const std::string& name, const std::string& plan) const {
    auto found = find_shard(folder_, name, plan);
    if (found || folder_ == store_ || !find_shard(store_, name, plan)) return found;
    return take_over(store_ / name, folder_ / name) ? find_shard(folder_, name, plan) : std::nullopt;
  }

  FoundShard make_image_shard(const std::vector<ImageSource>& sources, std::int64_t begin, std::int64_t end) {
    const std::string name = shard_name(ShardSide::kImage, begin / options_.images_per_shard);
    BegunShard begun = find_begun_shard(folder_, name, image_plan_).value_or(BegunShard());
    tell_unreadable(begun.content.unreadable, begin);
    const auto total = static_cast<std::int64_t>(data_.images.size());
    while (begin + begun.done < end) {
      const std::int64_t next = begin + begun.done;
      std::vector<PictureSource> pictures;
      for (std::int64_t i = next; i < end; ++i) pictures.push_back(data_.images[i].picture);
      const auto failed = [&](const UnreadableImage& image) { tell_unreadable({image}, next); };
      add_pictures(begun,
                   encode_images(sources, pictures, options_.threads, shifted(options_.image_progress, next, total),
                                 stop_or_keep(options_.stop, options_.keep_seconds), failed));
      if (begin + begun.done == end) break;
      if (begun.done > 0) write_begun_shard(folder_, name, image_plan_, begun);
      if (options_.stop && options_.stop()) throw Stopped();
    }
    ++report_.shards_made;
    return {.entry = write_shard(folder_, name, image_plan_, begun.content), .unreadable = begun.content.unreadable};
  }

  void tell_unreadable(const std::vector<UnreadableImage>& unreadable, std::int64_t begin) const {
    if (!options_.image_failed) return;
    for (const UnreadableImage& image : unreadable)
      options_.image_failed({.index = begin + image.index, .reason = image.reason});
  }

  FeatureShard make_text_shard(const std::vector<TextSource>& sources, const std::string& plan, std::int64_t begin,
                               std::int64_t end) {
    const std::vector<std::string> captions(manifest_.captions.begin() + begin, manifest_.captions.begin() + end);
    const auto total = static_cast<std::int64_t>(manifest_.captions.size());
    const std::string name = shard_name(ShardSide::kText, begin / options_.captions_per_shard);
    BegunTexts begun;
    if (const auto found = find_begun_shard(folder_, name, plan))
      begun = {.features = found->content.features, .batches = found->done};
    while (!go_on_encoding_texts(begun, sources, captions, options_.threads,
                                 shifted(options_.text_progress, begin, total),
                                 stop_or_keep(options_.stop, options_.keep_seconds))) {
      if (begun.batches > 0)
        write_begun_shard(folder_, name, plan,
                          {.content = {.features = begun.features, .unreadable = {}}, .done = begun.batches});
      if (options_.stop && options_.stop()) throw Stopped();
    }
    ++report_.shards_made;
    return write_shard(folder_, name, plan, {.features = begun.features, .unreadable = {}});
  }

  /// Every process makes the missing shards among every count-th one; afterwards all processes find
  /// all shards.
  template <typename Make>
  void make_own_share(ShardSide side, const std::string& plan, std::int64_t total, std::int64_t rows_per_shard,
                      const Make& make) {
    const EncodeShare& share = options_.share;
    if (share.count == 1) return;
    for (std::int64_t shard = share.rank; shard * rows_per_shard < total; shard += share.count) {
      if (!found_shard(shard_name(side, shard), plan))
        make(shard * rows_per_shard, std::min(total, (shard + 1) * rows_per_shard));
    }
    share.meet();
  }

  void encode_image_shards(const std::vector<ImageSource>& sources) {
    const auto total = static_cast<std::int64_t>(data_.images.size());
    make_own_share(ShardSide::kImage, image_plan_, total, options_.images_per_shard,
                   [&](std::int64_t begin, std::int64_t end) { make_image_shard(sources, begin, end); });
    for (std::int64_t begin = 0; begin < total; begin += options_.images_per_shard) {
      const std::int64_t end = std::min(total, begin + options_.images_per_shard);
      const std::string name = shard_name(ShardSide::kImage, begin / options_.images_per_shard);
      std::vector<UnreadableImage> unreadable;
      if (auto found = found_shard(name, image_plan_)) {
        unreadable = std::move(found->unreadable);
        tell_unreadable(unreadable, begin);
        manifest_.image_shards.push_back(found->entry);
        ++report_.shards_found;
        if (options_.image_progress) options_.image_progress(end, total);
      } else {
        FoundShard made = make_image_shard(sources, begin, end);
        unreadable = std::move(made.unreadable);
        manifest_.image_shards.push_back(std::move(made.entry));
      }
      refuse_if_strict(unreadable, begin);
      list_images(begin, end, unreadable);
    }
    if (manifest_.image_ids.empty()) {
      throw FileError(store_, "at least one picture that can be read",
                      "none of " + std::to_string(total) + "; the first: " + manifest_.skipped.front().reason);
    }
  }

  void refuse_if_strict(const std::vector<UnreadableImage>& unreadable, std::int64_t begin) const {
    if (!options_.strict || unreadable.empty()) return;
    throw FileError(source_name(data_.images[begin + unreadable.front().index].picture),
                    "a picture that can be read (--strict)", unreadable.front().reason);
  }

  /// Pictures of [begin, end) that were read enter the manifest with their captions; the others
  /// enter its list of skipped pictures.
  void list_images(std::int64_t begin, std::int64_t end, const std::vector<UnreadableImage>& unreadable) {
    auto bad = unreadable.begin();
    for (std::int64_t i = begin; i < end; ++i) {
      const CaptionedImage& image = data_.images[i];
      if (bad != unreadable.end() && begin + bad->index == i) {
        manifest_.skipped.push_back({.id = image.id, .reason = bad->reason});
        ++bad;
        continue;
      }
      const auto row = static_cast<std::int64_t>(manifest_.image_ids.size());
      manifest_.image_ids.push_back(image.id);
      manifest_.pictures.push_back(image.picture);
      manifest_.pictures.back().file = std::filesystem::absolute(image.picture.file).lexically_normal();
      manifest_.image_splits.push_back(image.split);
      manifest_.image_labels.push_back(image.label);
      for (const std::string& caption : image.captions) {
        manifest_.captions.push_back(caption);
        manifest_.image_of_caption.push_back(row);
      }
    }
  }

  void encode_text_shards(const std::vector<TextSource>& sources) {
    const auto total = static_cast<std::int64_t>(manifest_.captions.size());
    const std::string plan = text_plan(manifest_.captions, manifest_.text_encoders, options_.captions_per_shard);
    make_own_share(ShardSide::kText, plan, total, options_.captions_per_shard,
                   [&](std::int64_t begin, std::int64_t end) { make_text_shard(sources, plan, begin, end); });
    for (std::int64_t begin = 0; begin < total; begin += options_.captions_per_shard) {
      const std::int64_t end = std::min(total, begin + options_.captions_per_shard);
      const std::string name = shard_name(ShardSide::kText, begin / options_.captions_per_shard);
      if (const auto found = found_shard(name, plan)) {
        manifest_.text_shards.push_back(found->entry);
        ++report_.shards_found;
        if (options_.text_progress) options_.text_progress(end, total);
        continue;
      }
      manifest_.text_shards.push_back(make_text_shard(sources, plan, begin, end));
    }
  }

  std::vector<FeatureShard> all_shards() const {
    std::vector<FeatureShard> all = manifest_.image_shards;
    all.insert(all.end(), manifest_.text_shards.begin(), manifest_.text_shards.end());
    return all;
  }

  const CaptionSet& data_;
  const std::filesystem::path& store_;  ///< the final folder of the features
  ReplacedFolder* writer_;
  std::filesystem::path folder_;  ///< where shards are written
  const EncodeOptions& options_;
  FeatureManifest manifest_;
  std::string image_plan_;
  EncodeReport report_;
};

}  // namespace

EncodeReport encode(const CaptionSet& data, const std::vector<ImageSource>& image_sources,
                    const std::vector<TextSource>& text_sources, const std::filesystem::path& folder,
                    const EncodeOptions& options) {
  TORCH_CHECK_VALUE(!image_sources.empty() && !text_sources.empty(),
                    "encode: at least one image source and one text source were needed, got ", image_sources.size(),
                    " and ", text_sources.size());
  std::optional<ReplacedFolder> writer;
  if (options.share.rank == 0) writer.emplace(folder, is_store_entry);
  const EncodeOptions bounded = with_bounded_shards(options, image_sources, text_sources);
  return Encoding(data, folder, writer ? &*writer : nullptr, bounded).run(image_sources, text_sources);
}

std::optional<FeatureManifest> finished_store(const CaptionSet& data, const std::vector<ImageSource>& image_sources,
                                              const std::vector<TextSource>& text_sources,
                                              const std::filesystem::path& folder, const EncodeOptions& options) {
  const std::string plan =
      planned_manifest(data, image_sources, text_sources, with_bounded_shards(options, image_sources, text_sources))
          .plan;
  if (!std::filesystem::exists(folder / kManifestName) || !has_plan(folder, plan)) return std::nullopt;
  return read_manifest(folder);
}

}  // namespace tandem
