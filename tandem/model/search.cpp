#include "tandem/model/search.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "tandem/base/errors.h"

namespace tandem {

Nearest nearest_less_bias(const at::Tensor& query, const at::Tensor& gallery, const std::optional<at::Tensor>& bias,
                          std::int64_t k) {
  if (!bias) return top_k(query, gallery, k);
  const BiasedEmbeddings biased = with_biases(gallery, query, *bias, at::zeros({query.size(0)}));
  Nearest nearest = top_k(biased.text, biased.image, k);
  nearest.similarity = nearest.similarity + bias->index_select(0, nearest.row.flatten()).view_as(nearest.row);
  return nearest;
}

std::vector<SearchHit> nearest_pictures(const EmbeddedSplit& gallery, const at::Tensor& query, std::int64_t k,
                                        const std::optional<ChosenCorrection>& correction) {
  const auto bias = correction ? std::optional(image_biases(*correction, gallery.image)) : std::nullopt;
  const Nearest nearest = nearest_less_bias(query, gallery.image, bias, k);
  std::vector<SearchHit> hits;
  for (std::int64_t i = 0; i < nearest.row.size(1); ++i) {
    hits.push_back({.similarity = nearest.similarity[0][i].item<double>(),
                    .image = gallery.pairs.image_in_store[nearest.row[0][i].item<std::int64_t>()]});
  }
  return hits;
}

std::vector<SearchHit> nearest_captions(const EmbeddedSplit& gallery, const at::Tensor& query, std::int64_t k,
                                        const std::optional<ChosenCorrection>& correction) {
  const auto bias = correction ? std::optional(text_biases(*correction, gallery.text)) : std::nullopt;
  const Nearest nearest = nearest_less_bias(query, gallery.text, bias, k);
  std::vector<SearchHit> hits;
  for (std::int64_t i = 0; i < nearest.row.size(1); ++i) {
    const std::int64_t caption = gallery.pairs.text_in_store[nearest.row[0][i].item<std::int64_t>()];
    hits.push_back({.similarity = nearest.similarity[0][i].item<double>(),
                    .image = gallery.store.manifest().image_of_caption[caption],
                    .caption = caption});
  }
  return hits;
}

at::Tensor image_features_of(const FeatureStore& store, const std::string& id) {
  const std::vector<std::string>& ids = store.manifest().image_ids;
  const auto found = std::find(ids.begin(), ids.end(), id);
  if (found == ids.end()) throw FileError(store.folder(), "a picture with the id \"" + id + "\"", "none");
  return store.image_rows({found - ids.begin()});
}

std::vector<std::string> captions_of(const FeatureManifest& manifest, std::int64_t image) {
  std::vector<std::string> captions;
  for (std::size_t j = 0; j < manifest.captions.size(); ++j) {
    if (manifest.image_of_caption[j] == image) captions.push_back(manifest.captions[j]);
  }
  return captions;
}

std::string picture_name(const FeatureManifest& manifest, std::int64_t image) {
  const PictureSource& picture = manifest.pictures[image];
  return picture.file.empty() ? manifest.image_ids[image] : source_name(picture);
}

}  // namespace tandem
