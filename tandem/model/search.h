// Search in a gallery: pictures or captions that are nearest to words or to a picture.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tandem/features/feature_store.h"
#include "tandem/model/gallery.h"
#include "tandem/retrieval/top_k.h"

namespace tandem {

enum class SearchKind { kPictures, kCaptions };

/// The query of a search. Exactly one of the first three fields is set.
struct SearchQuery {
  std::string words;
  std::filesystem::path picture;          ///< a picture file
  std::string id;                         ///< of a picture of the gallery
  std::optional<SearchKind> wanted = {};  ///< nullopt: pictures for words, captions for a picture

  SearchKind kind() const { return wanted.value_or(words.empty() ? SearchKind::kCaptions : SearchKind::kPictures); }
  /// Whether the answer is of the query's own side: pictures for a picture, captions for words.
  bool is_within_a_side() const { return (kind() == SearchKind::kPictures) == words.empty(); }
};

/// One result: a picture, or a caption with its picture.
struct SearchHit {
  double similarity = 0;      ///< cosine, without the correction
  std::int64_t image = 0;     ///< row of the gallery's list
  std::int64_t caption = -1;  ///< row of the gallery's list; -1 if the result is a picture
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

/// The `k` candidates that are nearest to the embedded query, the best first. A correction for hubs
/// is between pictures and captions, so an answer within a side is by similarity alone. A picture of
/// the gallery that is the query by its id is not among its own answers.
///
///   embedded  [1, D]  the query, a row of unit length
///
/// Throws c10::ValueError if the gallery was opened without the wanted side.
SearchAnswer nearest_in(const Gallery& gallery, const at::Tensor& embedded, const SearchQuery& query, std::int64_t k);

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
