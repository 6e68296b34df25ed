// Features on disk, mapped: a manifest, shards of picture features, shards of caption features.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <vector>

#include "tandem/features/feature_manifest.h"

namespace tandem {

class FeatureStore {
 public:
  /// Maps every shard and checks it against the manifest: checksum, rows, columns.
  /// Throws FileError naming the shard that is missing, damaged or from another encoding.
  static FeatureStore open(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  const FeatureManifest& manifest() const { return manifest_; }

  /// Rows of the picture features, [n, F] float32, copied out of the map.
  at::Tensor image_rows(const std::vector<std::int64_t>& rows) const;
  /// Rows of the caption features.
  at::Tensor text_rows(const std::vector<std::int64_t>& rows) const;

 private:
  std::filesystem::path folder_;
  FeatureManifest manifest_;
  std::vector<at::Tensor> image_shards_;
  std::vector<at::Tensor> text_shards_;
};

/// One split's pictures with all their captions.
struct PairedFeatures {
  at::Tensor image;                          ///< [N, Fi]
  at::Tensor text;                           ///< [M, Ft]
  at::Tensor image_of_text;                  ///< [M] int64, rows of `image`
  std::vector<std::int64_t> image_in_store;  ///< [N] rows of the store
  std::vector<std::int64_t> text_in_store;   ///< [M]
};

/// Whether a picture of the store is in the split.
bool has_split(const FeatureStore& store, Split split);

/// Throws FileError if the split holds no picture, or a feature in it is NaN or infinite (naming
/// picture or caption).
PairedFeatures select_split(const FeatureStore& store, Split split);

/// Every picture and caption of the store, whatever the split; otherwise as select_split.
PairedFeatures select_all(const FeatureStore& store);

}  // namespace tandem
