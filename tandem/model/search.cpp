#include "tandem/model/search.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

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

SearchAnswer nearest_in(const Gallery& gallery, const at::Tensor& embedded, const SearchQuery& query, std::int64_t k) {
  const bool pictures = query.kind() == SearchKind::kPictures;
  const std::optional<GallerySide>& side = pictures ? gallery.pictures : gallery.captions;
  TORCH_CHECK_VALUE(side.has_value(), "search: a gallery with ", pictures ? "pictures" : "captions",
                    " was needed, got one without");
  SearchAnswer answer;
  const bool corrects = !query.is_within_a_side() && side->bias.has_value();
  if (corrects) answer.correction = gallery.correction;
  const bool has_itself = pictures && !query.id.empty();
  const Nearest nearest =
      nearest_less_bias(embedded, side->embeddings, corrects ? side->bias : std::nullopt, has_itself ? k + 1 : k);
  const float* similarity = nearest.similarity.const_data_ptr<float>();
  const std::int64_t* row = nearest.row.const_data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < nearest.row.size(1) && static_cast<std::int64_t>(answer.hits.size()) < k; ++i) {
    const std::int64_t place = side->in_list[row[i]];
    const std::int64_t image = pictures ? place : gallery.list.image_of_caption[place];
    if (has_itself && gallery.list.image_ids[image] == query.id) continue;
    answer.hits.push_back({.similarity = similarity[i], .image = image, .caption = pictures ? -1 : place});
  }
  return answer;
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
