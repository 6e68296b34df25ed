// Features that other programs made -> a feature store, and back.
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
      {};            ///< what made them, for the user to say; stores by the same are interchangeable. Empty: unknown
  at::Tensor image;  ///< [N, Fi] float32
  at::Tensor text;   ///< [M, Ft] float32
  std::vector<std::string> image_ids = {};                        ///< [N], or empty: the row numbers
  std::vector<std::string> captions = {};                         ///< [M], or empty: "caption 0" and so on
  std::vector<std::int64_t> image_of_caption = {};                ///< [M], or empty: caption i is of picture i
  std::vector<Split> splits = {};                                 ///< [N], or empty: 80 / 10 / 10 by the hash of the id
  std::vector<TokenColumns> image_tokens = {}, text_tokens = {};  ///< columns that hold tokens, for heads to pool
  std::filesystem::path pictures = {};  ///< folder in which the ids name the pictures' files; empty: there are none
};

/// Writes the store into `folder`, which is made. Features of others there are refused unless
/// `overwrite`; they stay whole until the new ones are. Its encoders are of the kind "imported"
/// (is_imported): there is nothing to encode anything new with.
/// Throws FileError if counts do not fit, a caption's picture is not there, a picture has no
/// caption, or an id names a file outside `pictures` or one that is not there, or token columns do
/// not fit.
FeatureManifest import_features(const ImportedFeatures& features, const std::filesystem::path& folder,
                                bool overwrite = false);

enum class ExportFormat { kNpy, kSafetensors };

struct ExportOptions {
  ExportFormat format = ExportFormat::kNpy;
  bool overwrite = false;  ///< an earlier export in the folder, in whichever format
};

/// Writes into `folder`, which is made: image.npy, text.npy, image_of_caption.npy or, as
/// safetensors, features.safetensors with tensors of these names; ids.json, captions.jsonl,
/// split.txt; tokens.json if columns hold tokens. Importing them gives the same features, bit for
/// bit. They appear together, in place of an earlier export; other files in the folder stay.
/// Returns the names of the files. Throws FileError if one of them is there already (without
/// `overwrite`), another process writes there, or it cannot be written.
std::vector<std::string> export_features(const FeatureStore& store, const std::filesystem::path& folder,
                                         const ExportOptions& options = {});

}  // namespace tandem
