#include "tandem/reports/atlas.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/TensorAccessor.h>
#include <ATen/ops/empty.h>

#include <algorithm>

#include "tandem/reports/map_landscape.h"
#include "tandem/reports/thumbnails.h"
#include "tandem/retrieval/recall.h"
#include "tandem/retrieval/top_k.h"

namespace tandem {
namespace {

constexpr std::int64_t kNeighbours = 8;
constexpr std::int64_t kQueriesAtOnce = 1024;

/// top_k, in parts so that progress can be told.
AtlasNeighbours neighbours(const at::Tensor& query, const at::Tensor& gallery, std::int64_t done_before,
                           std::int64_t total, const Progress& progress, std::int64_t wanted = kNeighbours) {
  const std::int64_t count = query.size(0);
  const std::int64_t kept = std::min(wanted, gallery.size(0));
  AtlasNeighbours found{.row = at::empty({count, kept}, at::kLong), .similarity = at::empty({count, kept}, at::kFloat)};
  for (std::int64_t begin = 0; begin < count; begin += kQueriesAtOnce) {
    const std::int64_t size = std::min(kQueriesAtOnce, count - begin);
    const Nearest nearest = top_k(query.narrow(0, begin, size), gallery, kept);
    found.row.narrow(0, begin, size).copy_(nearest.row);
    found.similarity.narrow(0, begin, size).copy_(nearest.similarity);
    if (progress) progress(done_before + begin + size, total);
  }
  return found;
}

/// The nearest other pictures of every picture.
AtlasNeighbours other_pictures(const at::Tensor& image, const Progress& progress) {
  const std::int64_t count = image.size(0);
  const std::int64_t kept = std::min(kNeighbours, count - 1);
  const AtlasNeighbours with_itself = neighbours(image, image, 0, count, progress, kept + 1);
  const auto row = with_itself.row.accessor<std::int64_t, 2>();
  const auto similarity = with_itself.similarity.accessor<float, 2>();
  AtlasNeighbours others{.row = at::empty({count, kept}, at::kLong),
                         .similarity = at::empty({count, kept}, at::kFloat)};
  auto to_row = others.row.accessor<std::int64_t, 2>();
  auto to_similarity = others.similarity.accessor<float, 2>();
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t from = 0, to = 0; to < kept; ++from) {
      if (row[i][from] == i) continue;
      to_row[i][to] = row[i][from];
      to_similarity[i][to++] = similarity[i][from];
    }
  }
  return others;
}

/// What the model says of pictures and captions: ranks and neighbours.
void add_answers(Atlas& atlas, const AtlasSources& sources, const Progress& progress) {
  const at::Tensor& image = sources.image;
  const at::Tensor& text = sources.text;
  if (text.size(0) == 0) {
    atlas.image_ranks.assign(image.size(0), 0);
    atlas.own_similarity = at::empty({0}, at::kFloat);
    atlas.images_of_image = other_pictures(image, progress);
    atlas.images_of_caption = {.row = at::empty({0, 0}, at::kLong), .similarity = at::empty({0, 0}, at::kFloat)};
    return;
  }
  const RetrievalRanks ranks = retrieval_ranks(image, text, sources.shown.image_of_text);
  atlas.image_ranks = ranks.image_to_text;
  atlas.caption_ranks = ranks.text_to_image;
  atlas.own_similarity = (image.index_select(0, sources.shown.image_of_text) * text).sum(1);
  const std::int64_t total = image.size(0) + text.size(0);
  atlas.captions_of_image = neighbours(image, text, 0, total, progress);
  atlas.images_of_caption = neighbours(text, image, image.size(0), total, progress);
}

}  // namespace

Atlas make_atlas(const JointMap& map, const AtlasSources& sources, const Stages& stages) {
  const FeatureManifest& manifest = sources.manifest;
  const PairedFeatures& shown = sources.shown;
  Atlas atlas{.map = map, .caption_verdicts = sources.caption_verdicts};
  std::vector<PictureSource> pictures;
  for (const std::int64_t row : shown.image_in_store) {
    pictures.push_back(manifest.pictures[row]);
    atlas.image_ids.push_back(manifest.image_ids[row]);
    atlas.image_labels.push_back(manifest.image_labels[row]);
  }
  if (std::all_of(atlas.image_labels.begin(), atlas.image_labels.end(),
                  [](const std::string& label) { return label.empty(); }))
    atlas.image_labels.clear();
  for (const std::int64_t row : shown.text_in_store) atlas.captions.push_back(manifest.captions[row]);

  atlas.landscape = map_landscape(map, atlas.captions);
  add_answers(atlas, sources, begin_stage(stages, "neighbours", "points"));
  atlas.thumbnails = thumbnail_sheets(pictures, map.image_points, begin_stage(stages, "thumbnails", "pictures"));
  return atlas;
}

}  // namespace tandem
