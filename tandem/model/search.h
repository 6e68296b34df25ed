// Search in a gallery of embedded pictures and captions: pictures for words, captions for a picture.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tandem/model/embedded_split.h"
#include "tandem/model/stored_correction.h"
#include "tandem/retrieval/top_k.h"

namespace tandem {

/// What is searched for. Exactly one field is set.
struct SearchQuery {
  std::string words;              ///< finds pictures
  std::filesystem::path picture;  ///< a file; finds captions
  std::string id;                 ///< of a picture of the gallery's features; finds captions
};

/// One place in the answer: a picture, or a caption with its picture.
struct SearchHit {
  double similarity = 0;      ///< cosine, without the correction
  std::int64_t image = 0;     ///< row of the store
  std::int64_t caption = -1;  ///< row of the store; -1 if a picture was found
};

struct SearchAnswer {
  std::vector<SearchHit> hits;                 ///< the best first
  std::optional<CorrectionMethod> correction;  ///< whose order this is; nothing: by similarity
};

/// The `k` nearest rows of a gallery in the order of similarity minus bias; the similarities
/// returned are those without. Ties go to the smaller row.
///
///   query    [Q, D]  rows of unit length
///   gallery  [N, D]  rows of unit length
///   bias     [N]     of the candidates; nothing: none
Nearest nearest_less_bias(const at::Tensor& query, const at::Tensor& gallery, const std::optional<at::Tensor>& bias,
                          std::int64_t k);

/// Pictures of the gallery for one embedded text, and captions for one embedded picture.
///
///   query  [1, D]  a row of unit length
std::vector<SearchHit> nearest_pictures(const EmbeddedSplit& gallery, const at::Tensor& query, std::int64_t k,
                                        const std::optional<ChosenCorrection>& correction);
std::vector<SearchHit> nearest_captions(const EmbeddedSplit& gallery, const at::Tensor& query, std::int64_t k,
                                        const std::optional<ChosenCorrection>& correction);

/// The stored features of the picture with that id, [1, F]. Throws FileError if there is none.
at::Tensor image_features_of(const FeatureStore& store, const std::string& id);

/// All captions of a picture, in the store's order.
///
///   image  row of the store
std::vector<std::string> captions_of(const FeatureManifest& manifest, std::int64_t image);

/// The picture's file, or its id if it has none (imported features).
std::string picture_name(const FeatureManifest& manifest, std::int64_t image);

}  // namespace tandem
