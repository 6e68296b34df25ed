#include "tandem/reports/atlas.h"

#include <ATen/TensorOperators.h>
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
                           std::int64_t total, const Progress& progress) {
  const std::int64_t count = query.size(0);
  const std::int64_t kept = std::min(kNeighbours, gallery.size(0));
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

}  // namespace

Atlas make_atlas(const JointMap& map, const AtlasSources& sources, const Stages& stages) {
  const auto& [manifest, shown, image, text, verdicts] = sources;
  Atlas atlas{.map = map, .caption_verdicts = verdicts};
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

  const RetrievalRanks ranks = retrieval_ranks(image, text, shown.image_of_text);
  atlas.image_ranks = ranks.image_to_text;
  atlas.caption_ranks = ranks.text_to_image;
  atlas.own_similarity = (image.index_select(0, shown.image_of_text) * text).sum(1);
  atlas.landscape = map_landscape(map, atlas.captions);
  const Progress progress = begin_stage(stages, "neighbours", "points");
  const std::int64_t total = image.size(0) + text.size(0);
  atlas.captions_of_image = neighbours(image, text, 0, total, progress);
  atlas.images_of_caption = neighbours(text, image, image.size(0), total, progress);
  atlas.thumbnails = thumbnail_sheets(pictures, map.image_points, begin_stage(stages, "thumbnails", "pictures"));
  return atlas;
}

}  // namespace tandem
