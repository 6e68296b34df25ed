#include "tandem/retrieval/caption_ranks.h"

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/mm.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "tandem/base/shape_check.h"
#include "tandem/base/worker_batches.h"
#include "tandem/retrieval/list_quality.h"

namespace tandem {
namespace {

constexpr std::int64_t kMostQueries = 64;
constexpr std::int64_t kMostSimilarities = 4 << 20;

using RightRows = std::function<std::vector<std::int64_t>(std::int64_t query)>;

at::Tensor candidates_of(const char* name, const at::Tensor& rows, const at::Tensor& others, std::int64_t width) {
  check_shape("caption_ranks", name, rows, {kAnySize, width});
  TORCH_CHECK_VALUE(rows.scalar_type() == at::kFloat && rows.size(0) > 0, "caption_ranks: ", name,
                    " must be float32 with at least one row, got ", rows.scalar_type(), " ", shape_text(rows));
  at::Tensor all = rows;
  if (others.defined()) {
    check_shape("caption_ranks", std::string("others.") + name, others, {kAnySize, width});
    all = at::cat({rows, others.to(at::kFloat)});
  }
  check_finite("caption_ranks", name, all);
  return all.contiguous();
}

/// The places of the right ones among `size` candidates. Spoils `similarity`.
std::vector<std::int64_t> places_of(float* similarity, std::int64_t size, const std::vector<std::int64_t>& right) {
  std::vector<float> bars;
  for (const std::int64_t row : right) {
    bars.push_back(similarity[row] - static_cast<float>(kTieMargin));
    similarity[row] = -std::numeric_limits<float>::infinity();
  }
  std::sort(bars.begin(), bars.end(), std::greater<>());
  std::vector<std::int64_t> places(bars.size(), 0);  // First: wrong ones that are ahead of this one and none before.
  for (std::int64_t c = 0; c < size; ++c) {
    if (similarity[c] < bars.back()) continue;
    ++places[std::lower_bound(bars.begin(), bars.end(), similarity[c], std::greater<>()) - bars.begin()];
  }
  std::int64_t ahead = 0;
  for (std::size_t k = 0; k < places.size(); ++k) {
    ahead += places[k];
    places[k] = static_cast<std::int64_t>(k) + 1 + ahead;
  }
  return places;
}

std::int64_t queries_at_once(const at::Tensor& candidates) {
  return std::clamp<std::int64_t>(kMostSimilarities / candidates.size(0), 1, kMostQueries);
}

std::int64_t blocks_of(const at::Tensor& query, const at::Tensor& candidates) {
  const std::int64_t at_once = queries_at_once(candidates);
  return (query.size(0) + at_once - 1) / at_once;
}

std::vector<ListQuality> measure_lists(const at::Tensor& query, const at::Tensor& candidates, const RightRows& right_of,
                                       const std::function<void()>& done) {
  const std::int64_t size = candidates.size(0);
  const std::int64_t at_once = queries_at_once(candidates);
  const at::Tensor turned = candidates.t();
  std::vector<ListQuality> lists(query.size(0));
  const auto measure = [&](std::int64_t block) {
    const std::int64_t begin = block * at_once;
    const std::int64_t queries = std::min(at_once, query.size(0) - begin);
    at::Tensor tile = at::mm(query.narrow(0, begin, queries), turned).contiguous();
    auto* similarity = tile.mutable_data_ptr<float>();
    for (std::int64_t q = 0; q < queries; ++q)
      lists[begin + q] = list_quality(places_of(similarity + q * size, size, right_of(begin + q)));
  };
  for_each_batch(blocks_of(query, candidates), at::get_num_threads(), measure, [&](std::int64_t) { done(); });
  return lists;
}

}  // namespace

RetrievalRanks caption_ranks(const at::Tensor& image, const at::Tensor& text, const RightAnswers& right,
                             const Distractors& others, const Progress& progress) {
  check_shape("caption_ranks", "image", image, {kAnySize, kAnySize});
  const at::Tensor all_images = candidates_of("image", image, others.image, image.size(1));
  const at::Tensor all_texts = candidates_of("text", text, others.text, image.size(1));
  const c10::InferenceMode no_gradients;
  const std::int64_t blocks = blocks_of(image, all_texts) + blocks_of(text, all_images);
  std::int64_t finished = 0;
  const auto done = [&] {
    if (progress) progress(++finished, blocks);
  };
  RetrievalRanks ranks;
  const auto texts_of = [&](std::int64_t i) { return right.texts_of(i); };
  for (const ListQuality& list : measure_lists(image.contiguous(), all_texts, texts_of, done)) {
    ranks.image_to_text.push_back(list.rank);
    ranks.image_precision.push_back(list.precision);
    ranks.image_ndcg.push_back(list.ndcg_10);
  }
  const auto images_of = [&](std::int64_t j) { return right.images_of(j); };
  for (const ListQuality& list : measure_lists(text.contiguous(), all_images, images_of, done)) {
    ranks.text_to_image.push_back(list.rank);
    ranks.text_precision.push_back(list.precision);
    ranks.text_ndcg.push_back(list.ndcg_10);
  }
  return ranks;
}

}  // namespace tandem
