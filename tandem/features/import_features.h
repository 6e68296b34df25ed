// Features made by other programs -> a feature store, and the reverse.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/features/feature_store.h"

namespace tandem {

struct ImportedFeatures {
  std::string data_name = "imported";
  std::string made_by =
      {};  ///< the user's name for what made them; stores with equal names are interchangeable. Empty: unknown
  at::Tensor image;                                               ///< [N, Fi] float32
  at::Tensor text;                                                ///< [M, Ft] float32
  std::vector<std::string> image_ids = {};                        ///< [N], or empty: the row numbers
  std::vector<std::string> captions = {};                         ///< [M], or empty: "caption 0" and so on
  std::vector<std::int64_t> image_of_caption = {};                ///< [M], or empty: caption i describes picture i
  std::vector<Split> splits = {};                                 ///< [N], or empty: 80 / 10 / 10 by the hash of the id
  std::vector<TokenColumns> image_tokens = {}, text_tokens = {};  ///< columns that hold tokens, for heads to pool
  std::filesystem::path pictures = {};  ///< folder in which the ids name the pictures' files; empty: there are none
};

/// Writes the store into `folder`, which is made. Other features there are rejected unless
/// `overwrite` is set; they stay complete until the new ones are. Its encoders are of the kind
/// "imported" (is_imported), so new items cannot be encoded.
/// Throws FileError if counts do not fit, a caption's picture does not exist, a picture has no
/// caption, an id names a file outside `pictures` or one that does not exist, or token columns do
/// not fit.
FeatureManifest import_features(const ImportedFeatures& features, const std::filesystem::path& folder,
                                bool overwrite = false);

enum class ExportFormat { kNpy, kSafetensors };

struct ExportOptions {
  ExportFormat format = ExportFormat::kNpy;
  bool overwrite = false;  ///< replace an earlier export in the folder, in either format
};

/// Writes into `folder`, which is made: image.npy, text.npy, image_of_caption.npy or, as
/// safetensors, features.safetensors with tensors of these names; ids.json, captions.jsonl,
/// split.txt; and tokens.json if columns hold tokens. Importing them gives the same features, bit
/// for bit. All files appear together and replace an earlier export; other files in the folder
/// stay. Returns the names of the files.
/// Throws FileError if one of them exists already (without `overwrite`), another process writes
/// there, or it cannot be written.
std::vector<std::string> export_features(const FeatureStore& store, const std::filesystem::path& folder,
                                         const ExportOptions& options = {});

}  // namespace tandem
