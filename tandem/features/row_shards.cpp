#include "tandem/features/row_shards.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "tandem/features/encoding_plan.h"
#include "tandem/features/shard_file.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

template <typename Rows>
void write_shards(const std::filesystem::path& folder, ShardSide side, const std::string& plan, std::int64_t total,
                  std::int64_t per_shard, const Rows& rows_of) {
  make_folder(folder);
  for (std::int64_t begin = 0; begin < total; begin += per_shard) {
    std::vector<std::int64_t> rows(std::min(per_shard, total - begin));
    std::iota(rows.begin(), rows.end(), begin);
    write_shard(folder, shard_name(side, begin / per_shard), plan, {.features = rows_of(rows), .unreadable = {}});
  }
}

}  // namespace

CaptionSet caption_set_of(const FeatureManifest& manifest) {
  CaptionSet data{.name = manifest.data_name, .images = {}, .remarks = manifest.remarks};
  data.selection = manifest.selection;
  for (std::size_t i = 0; i < manifest.image_ids.size(); ++i) {
    data.images.push_back({.id = manifest.image_ids[i],
                           .picture = manifest.pictures[i],
                           .split = manifest.image_splits[i],
                           .captions = {},
                           .label = manifest.image_labels[i]});
  }
  for (std::size_t i = 0; i < manifest.captions.size(); ++i) {
    data.images[manifest.image_of_caption[i]].captions.push_back(manifest.captions[i]);
  }
  return data;
}

void write_image_shards(const FeatureStore& store, const std::filesystem::path& folder, const EncodeOptions& options) {
  const FeatureManifest& manifest = store.manifest();
  const std::int64_t per_shard = bounded_rows(options.images_per_shard, manifest.image_width());
  const std::string plan = image_plan(caption_set_of(manifest), manifest.image_encoders, per_shard);
  write_shards(folder, ShardSide::kImage, plan, static_cast<std::int64_t>(manifest.image_ids.size()), per_shard,
               [&](const std::vector<std::int64_t>& rows) { return store.image_rows(rows); });
}

void write_text_shards(const FeatureStore& store, const std::filesystem::path& folder, const EncodeOptions& options) {
  const FeatureManifest& manifest = store.manifest();
  const std::int64_t per_shard = bounded_rows(options.captions_per_shard, manifest.text_width());
  const std::string plan = text_plan(manifest.captions, manifest.text_encoders, per_shard);
  write_shards(folder, ShardSide::kText, plan, static_cast<std::int64_t>(manifest.captions.size()), per_shard,
               [&](const std::vector<std::int64_t>& rows) { return store.text_rows(rows); });
}

}  // namespace tandem
