// What a search looks through: the pictures and captions of a feature store or of a data set, with
// their embeddings by one model.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/data/caption_set.h"
#include "tandem/features/feature_manifest.h"
#include "tandem/model/kept_rows.h"
#include "tandem/model/stored_correction.h"

namespace tandem {

class Model;

/// The candidates of one kind.
struct GallerySide {
  at::Tensor embeddings;                ///< [N, D] rows of unit length
  std::vector<std::int64_t> in_list;    ///< [N] rows of the gallery's list, rising
  std::optional<at::Tensor> bias = {};  ///< [N] correction for queries of the other kind; nullopt: none
};

struct Gallery {
  std::string name;                ///< of the features' folder or the data, for messages
  std::filesystem::path features;  ///< the feature store; empty: a data set
  FeatureManifest list;            ///< pictures and captions; of a data set there are no shards and no encoders
  std::optional<GallerySide> pictures, captions;  ///< nullopt: not opened
  std::optional<CorrectionMethod> correction;     ///< the one of the biases
  std::vector<SkippedImage> skipped;              ///< pictures of a data set that could not be read
};

struct GalleryOptions {
  bool pictures = true;  ///< open this side
  bool captions = true;
  std::string correction = "run";  ///< as Model::correction takes it
  bool keep = true;                ///< keep embeddings in RUN/galleries, and use those kept there
  Stages stages;                   ///< embedding a side is a stage
  Notice notice;                   ///< told if embeddings cannot be kept
};

/// The pictures and captions of a feature store. Opens the shards only if their embeddings are not
/// kept yet, and no encoder.
///
///   features  made by the model's encoders; empty: those that the model was trained on
///   split     a name that split_choice takes
///
/// Throws FileError as Model::open_features and Model::correction do, if the split holds no picture,
/// if `captions` is set and there are none, or naming the folder if an embedding is not finite.
Gallery open_gallery(const Model& model, const std::filesystem::path& features, const std::string& split,
                     const GalleryOptions& options = {});

/// The pictures and captions of a data set. Items that were embedded before, by this model and from
/// this place, are embedded again only if their file has changed. Pictures that cannot be read are
/// left out.
///
///   name  of the data, for messages; galleries are kept by it
///
/// Throws FileError as Model::embed_texts and Model::correction do, if `captions` is set and there
/// are none, or if no picture can be read.
Gallery embed_gallery(const Model& model, const CaptionSet& data, const std::string& name,
                      const GalleryOptions& options = {});

/// The embedding of the picture with this id, [1, D], if the gallery's pictures are opened and it is
/// among them.
std::optional<at::Tensor> embedding_of(const Gallery& gallery, const std::string& id);

}  // namespace tandem
