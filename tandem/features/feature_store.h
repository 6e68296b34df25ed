// Features on disk, mapped into memory: a manifest, shards of picture features, shards of caption
// features.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "tandem/features/feature_manifest.h"

namespace tandem {

/// A feature store that `tandem encode` or `tandem import` wrote, opened for reading.
class FeatureStore {
 public:
  /// Maps every shard and checks it against the manifest: checksum, rows, columns.
  /// Throws FileError if the manifest is missing or damaged, or naming the shard that is missing,
  /// damaged or from another encoding.
  static FeatureStore open(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  const FeatureManifest& manifest() const { return manifest_; }

  /// Takes the pictures from another root from now on (picture_places.h); the store on disk stays as
  /// it is. Throws FileError as tandem::move_pictures does.
  void move_pictures(const std::filesystem::path& folder);

  /// A copy of these rows of the picture features, [n, Fi] float32, in the order of `rows`.
  at::Tensor image_rows(const std::vector<std::int64_t>& rows) const;
  /// The same for the caption features, [n, Ft] float32.
  at::Tensor text_rows(const std::vector<std::int64_t>& rows) const;

 private:
  std::filesystem::path folder_;
  FeatureManifest manifest_;
  std::vector<at::Tensor> image_shards_;
  std::vector<at::Tensor> text_shards_;
};

/// The pictures of one split with all their captions.
struct PairedFeatures {
  at::Tensor image;                          ///< [N, Fi] float32
  at::Tensor text;                           ///< [M, Ft] float32
  at::Tensor image_of_text;                  ///< [M] int64, rows of `image`
  std::vector<std::int64_t> image_in_store;  ///< [N] rows of the store
  std::vector<std::int64_t> text_in_store;   ///< [M] rows of the store
};

/// The rows of the pictures in one split, rising; nullopt: of all. They may have no captions, as in
/// a gallery. Throws FileError naming `folder` if there is none.
std::vector<std::int64_t> picture_rows(const FeatureManifest& manifest, std::optional<Split> split,
                                       const std::filesystem::path& folder);

/// The rows of the captions of these pictures, rising.
///
///   pictures  rows of the manifest
std::vector<std::int64_t> caption_rows(const FeatureManifest& manifest, const std::vector<std::int64_t>& pictures);

/// Whether at least one picture of the store is in the split.
bool has_split(const FeatureStore& store, Split split);

/// The pictures and captions of one split, copied into memory.
/// Throws FileError if the split holds no picture, if the store is a gallery without captions, or
/// naming the picture or caption that has a feature that is NaN or infinite.
PairedFeatures select_split(const FeatureStore& store, Split split);

/// All pictures and captions of the store, of every split. Throws as select_split does.
PairedFeatures select_all(const FeatureStore& store);

/// All pictures of a gallery, with no caption: text is [0, width]. Throws FileError as select_split does
/// for features, or if the store has captions.
PairedFeatures select_gallery(const FeatureStore& store);

}  // namespace tandem
