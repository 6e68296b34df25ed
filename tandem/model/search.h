// Search in a gallery of embedded pictures and captions: finds pictures for words and captions for
// a picture.
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

/// The query of a search. Exactly one field is set.
struct SearchQuery {
  std::string words;              ///< finds pictures
  std::filesystem::path picture;  ///< a picture file; finds captions
  std::string id;                 ///< of a picture in the gallery's store; finds captions
};

/// One result: a picture, or a caption with its picture.
struct SearchHit {
  double similarity = 0;      ///< cosine, without the correction
  std::int64_t image = 0;     ///< row of the store
  std::int64_t caption = -1;  ///< row of the store; -1 if the result is a picture
};

struct SearchAnswer {
  std::vector<SearchHit> hits;                 ///< the best first
  std::optional<CorrectionMethod> correction;  ///< the correction that decides the order; nullopt: by similarity
};

/// The `k` nearest rows of a gallery, ordered by similarity minus bias. The similarities returned
/// do not include the bias. Of equal candidates the smaller row comes first.
///
///   query    [Q, D]  rows of unit length
///   gallery  [N, D]  rows of unit length
///   bias     [N]     one bias per candidate; nullopt: no bias
///
/// Throws c10::ValueError as top_k does.
Nearest nearest_less_bias(const at::Tensor& query, const at::Tensor& gallery, const std::optional<at::Tensor>& bias,
                          std::int64_t k);

/// The `k` nearest pictures of the gallery to one embedded text, and the `k` nearest captions to
/// one embedded picture, the best first.
///
///   query       [1, D]  a row of unit length
///   correction  nullopt: by similarity
std::vector<SearchHit> nearest_pictures(const EmbeddedSplit& gallery, const at::Tensor& query, std::int64_t k,
                                        const std::optional<ChosenCorrection>& correction);
std::vector<SearchHit> nearest_captions(const EmbeddedSplit& gallery, const at::Tensor& query, std::int64_t k,
                                        const std::optional<ChosenCorrection>& correction);

/// The stored features of the picture with this id, [1, F] float32. Throws FileError if there is
/// none.
at::Tensor image_features_of(const FeatureStore& store, const std::string& id);

/// All captions of a picture, in the store's order.
///
///   image  row of the store
std::vector<std::string> captions_of(const FeatureManifest& manifest, std::int64_t image);

/// The name of the picture's file, or its id if it has no file (imported features).
///
///   image  row of the store
std::string picture_name(const FeatureManifest& manifest, std::int64_t image);

}  // namespace tandem
