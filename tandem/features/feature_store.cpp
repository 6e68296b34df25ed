#include "tandem/features/feature_store.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/nonzero.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cstring>

#include "tandem/base/errors.h"
#include "tandem/base/shape_check.h"
#include "tandem/features/picture_places.h"
#include "tandem/storage/safetensors.h"

namespace tandem {
namespace {

std::vector<at::Tensor> open_shards(const std::filesystem::path& folder, const std::vector<FeatureShard>& shards,
                                    std::int64_t width) {
  std::vector<at::Tensor> opened;
  for (const FeatureShard& shard : shards) {
    const SafetensorsFile file = SafetensorsFile::open_checked(folder / shard.file);
    if (file.checksum() != shard.checksum) {
      throw FileError(file.path(), "the shard that manifest.json lists, with checksum " + shard.checksum,
                      "one with " + *file.checksum());
    }
    at::Tensor features = file.tensor("features", {shard.rows, width});
    if (features.scalar_type() != at::kFloat)
      throw FileError(file.path(), "float32 features", c10::toString(features.scalar_type()));
    opened.push_back(std::move(features));
  }
  return opened;
}

at::Tensor gather_rows(const std::vector<at::Tensor>& shards, const std::vector<std::int64_t>& rows,
                       std::int64_t width) {
  std::vector<std::int64_t> first_row;  // Of each shard.
  std::int64_t total = 0;
  for (const at::Tensor& shard : shards) {
    first_row.push_back(total);
    total += shard.size(0);
  }
  at::Tensor gathered = at::empty({static_cast<std::int64_t>(rows.size()), width});
  float* out = gathered.data_ptr<float>();
  for (const std::int64_t row : rows) {
    TORCH_CHECK_INDEX(row >= 0 && row < total, "FeatureStore: rows are 0 to ", total - 1, ", got ", row);
    const auto shard = std::upper_bound(first_row.begin(), first_row.end(), row) - first_row.begin() - 1;
    std::memcpy(out, shards[shard].const_data_ptr<float>() + (row - first_row[shard]) * width, sizeof(float) * width);
    out += width;
  }
  return gathered;
}

/// The first row that is not finite, or -1.
std::int64_t first_bad_row(const at::Tensor& rows) {
  const at::Tensor bad = at::isfinite(rows).all(1).logical_not().nonzero();
  return bad.size(0) == 0 ? -1 : bad[0][0].item<std::int64_t>();
}

void refuse_bare_pictures(const FeatureStore& store) {
  if (!store.manifest().captions.empty()) return;
  throw FileError(store.folder(), "pictures with captions, to train, measure or compare",
                  "pictures alone, a gallery for search and embed");
}

PairedFeatures select_images(const FeatureStore& store, std::vector<std::int64_t> images) {
  const FeatureManifest& manifest = store.manifest();
  std::vector<std::int64_t> selected_row(manifest.image_ids.size(), -1);
  for (std::size_t i = 0; i < images.size(); ++i) selected_row[images[i]] = static_cast<std::int64_t>(i);

  PairedFeatures selected;
  std::vector<std::int64_t> image_of_text;
  for (std::size_t j = 0; j < manifest.captions.size(); ++j) {
    const std::int64_t row = selected_row[manifest.image_of_caption[j]];
    if (row < 0) continue;
    selected.text_in_store.push_back(static_cast<std::int64_t>(j));
    image_of_text.push_back(row);
  }
  selected.image_in_store = std::move(images);
  selected.image = store.image_rows(selected.image_in_store);
  selected.text = store.text_rows(selected.text_in_store);
  selected.image_of_text = at::tensor(image_of_text, at::kLong);

  if (const std::int64_t row = first_bad_row(selected.image); row >= 0) {
    throw FileError(store.folder(), "finite features",
                    "NaN or infinity in those of picture " + manifest.image_ids[selected.image_in_store[row]]);
  }
  if (const std::int64_t row = first_bad_row(selected.text); row >= 0) {
    throw FileError(
        store.folder(), "finite features",
        "NaN or infinity in those of the caption \"" + manifest.captions[selected.text_in_store[row]] + "\"");
  }
  return selected;
}

}  // namespace

FeatureStore FeatureStore::open(const std::filesystem::path& folder) {
  FeatureStore store;
  store.folder_ = folder;
  store.manifest_ = read_manifest(folder);
  store.image_shards_ = open_shards(folder, store.manifest_.image_shards, store.manifest_.image_width());
  store.text_shards_ = open_shards(folder, store.manifest_.text_shards, store.manifest_.text_width());
  return store;
}

void FeatureStore::move_pictures(const std::filesystem::path& folder) {
  tandem::move_pictures(manifest_.pictures, folder);
}

at::Tensor FeatureStore::image_rows(const std::vector<std::int64_t>& rows) const {
  return gather_rows(image_shards_, rows, manifest_.image_width());
}

at::Tensor FeatureStore::text_rows(const std::vector<std::int64_t>& rows) const {
  return gather_rows(text_shards_, rows, manifest_.text_width());
}

bool has_split(const FeatureStore& store, Split split) {
  const std::vector<Split>& splits = store.manifest().image_splits;
  return std::find(splits.begin(), splits.end(), split) != splits.end();
}

std::vector<std::int64_t> picture_rows(const FeatureManifest& manifest, std::optional<Split> split,
                                       const std::filesystem::path& folder) {
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < manifest.image_splits.size(); ++i) {
    if (!split || manifest.image_splits[i] == *split) rows.push_back(static_cast<std::int64_t>(i));
  }
  if (!rows.empty()) return rows;
  throw FileError(folder, split ? "pictures in the split \"" + std::string(split_name(*split)) + "\"" : "pictures",
                  "none");
}

std::vector<std::int64_t> caption_rows(const FeatureManifest& manifest, const std::vector<std::int64_t>& pictures) {
  std::vector<bool> chosen(manifest.image_ids.size(), false);
  for (const std::int64_t row : pictures) chosen[row] = true;
  std::vector<std::int64_t> rows;
  for (std::size_t j = 0; j < manifest.captions.size(); ++j) {
    if (chosen[manifest.image_of_caption[j]]) rows.push_back(static_cast<std::int64_t>(j));
  }
  return rows;
}

PairedFeatures select_split(const FeatureStore& store, Split split) {
  refuse_bare_pictures(store);
  return select_images(store, picture_rows(store.manifest(), split, store.folder()));
}

PairedFeatures select_all(const FeatureStore& store) {
  refuse_bare_pictures(store);
  return select_images(store, picture_rows(store.manifest(), std::nullopt, store.folder()));
}

PairedFeatures select_gallery(const FeatureStore& store) {
  if (!store.manifest().captions.empty()) throw FileError(store.folder(), "pictures alone", "captions");
  return select_images(store, picture_rows(store.manifest(), std::nullopt, store.folder()));
}

}  // namespace tandem
