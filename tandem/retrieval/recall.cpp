#include "tandem/retrieval/recall.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ge.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

constexpr std::int64_t kTileImages = 256;
constexpr std::int64_t kTileTexts = 4096;

/// Similarity of every caption to its own picture, [M].
at::Tensor own_similarities(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text) {
  const std::int64_t texts = text.size(0);
  at::Tensor own = at::zeros({texts}, text.options());
  for (std::int64_t begin = 0; begin < texts; begin += kTileTexts) {
    const std::int64_t size = std::min(kTileTexts, texts - begin);
    const at::Tensor partner = image.index_select(0, image_of_text.narrow(0, begin, size));
    own.narrow(0, begin, size).copy_((partner * text.narrow(0, begin, size)).sum(1));
  }
  return own;
}

/// Similarity of every picture to the nearest of its own captions, [N].
at::Tensor best_own_similarities(const at::Tensor& own, const at::Tensor& image_of_text, std::int64_t images) {
  constexpr float kNone = -std::numeric_limits<float>::infinity();
  at::Tensor best = at::full({images}, kNone, own.options());
  auto best_of = best.accessor<float, 1>();
  const auto similarity = own.accessor<float, 1>();
  const auto partner = image_of_text.accessor<std::int64_t, 1>();
  for (std::int64_t j = 0; j < own.size(0); ++j) best_of[partner[j]] = std::max(best_of[partner[j]], similarity[j]);
  for (std::int64_t i = 0; i < images; ++i) {
    TORCH_CHECK_VALUE(best_of[i] != kNone, "retrieval_ranks: every picture must have a caption, got none for row ", i);
  }
  return best;
}

/// Captions grouped by the tile of pictures they belong to, so that a tile can strike out its own pairs.
std::vector<std::vector<std::int64_t>> texts_by_image_tile(const at::Tensor& image_of_text, std::int64_t images) {
  std::vector<std::vector<std::int64_t>> tiles((images + kTileImages - 1) / kTileImages);
  const auto partner = image_of_text.accessor<std::int64_t, 1>();
  for (std::int64_t j = 0; j < image_of_text.size(0); ++j) tiles[partner[j] / kTileImages].push_back(j);
  return tiles;
}

std::vector<std::int64_t> ranks_from_counts(const at::Tensor& ahead) {
  std::vector<std::int64_t> ranks(ahead.size(0));
  const auto count = ahead.accessor<std::int64_t, 1>();
  for (std::int64_t i = 0; i < ahead.size(0); ++i) ranks[i] = 1 + count[i];
  return ranks;
}

/// The first of `own` right candidates among `all` in random order: position up to k with probability reached[k - 1].
struct FirstHit {
  std::vector<double> reached;
  double mean = 0;
};

FirstHit first_hit(std::int64_t own, std::int64_t all) {
  FirstHit hit;
  double missed = 1;  // Probability that none of the first k candidates is right.
  for (std::int64_t k = 1; k <= all - own + 1; ++k) {
    missed *= static_cast<double>(all - own - k + 1) / static_cast<double>(all - k + 1);
    hit.reached.push_back(1 - missed);
  }
  hit.mean = static_cast<double>(all + 1) / static_cast<double>(own + 1);
  return hit;
}

/// Mixes the queries: each entry of `queries` is (right candidates, number of such queries).
RetrievalSummary mix_chances(const std::map<std::int64_t, std::int64_t>& queries, std::int64_t candidates) {
  double total = 0;
  for (const auto& [own, count] : queries) total += static_cast<double>(count);
  std::vector<double> reached(candidates, 0.0);
  RetrievalSummary summary;
  for (const auto& [own, count] : queries) {
    const FirstHit hit = first_hit(own, candidates);
    const double share = static_cast<double>(count) / total;
    summary.mean_rank += share * hit.mean;
    for (std::int64_t k = 0; k < candidates; ++k) {
      reached[k] += share * (k < static_cast<std::int64_t>(hit.reached.size()) ? hit.reached[k] : 1.0);
    }
  }
  const auto percent = [&](std::int64_t k) { return 100 * reached[std::min(k, candidates) - 1]; };
  summary.r1 = percent(1);
  summary.r5 = percent(5);
  summary.r10 = percent(10);
  const auto half = std::lower_bound(reached.begin(), reached.end(), 0.5 - 1e-12);
  summary.median_rank = static_cast<double>(half - reached.begin() + 1);
  return summary;
}

}  // namespace

RetrievalRanks retrieval_ranks(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text) {
  check_shape("retrieval_ranks", "image", image, {kAnySize, kAnySize});
  check_shape("retrieval_ranks", "text", text, {kAnySize, image.size(1)});
  check_shape("retrieval_ranks", "image_of_text", image_of_text, {text.size(0)});
  check_finite("retrieval_ranks", "image", image);
  check_finite("retrieval_ranks", "text", text);
  TORCH_CHECK_VALUE(image.scalar_type() == at::kFloat && text.scalar_type() == at::kFloat,
                    "retrieval_ranks: image and text must be float32, got ", image.scalar_type(), " and ", text.scalar_type());
  const std::int64_t images = image.size(0);
  const std::int64_t texts = text.size(0);
  TORCH_CHECK_VALUE(images > 0, "retrieval_ranks: image must have at least one row, got ", shape_text(image));
  TORCH_CHECK_VALUE(texts > 0 && image_of_text.min().item<std::int64_t>() >= 0 && image_of_text.max().item<std::int64_t>() < images,
                    "retrieval_ranks: image_of_text must hold rows of image, 0 to ", images - 1);

  const c10::InferenceMode no_gradients;
  const at::Tensor own = own_similarities(image, text, image_of_text);
  const at::Tensor best_own = best_own_similarities(own, image_of_text, images);

  const std::vector<std::vector<std::int64_t>> texts_of_tile = texts_by_image_tile(image_of_text, images);
  const auto partner = image_of_text.accessor<std::int64_t, 1>();
  at::Tensor texts_ahead = at::zeros({images}, at::kLong);
  at::Tensor images_ahead = at::zeros({texts}, at::kLong);
  for (std::int64_t top = 0; top < images; top += kTileImages) {
    const std::int64_t rows = std::min(kTileImages, images - top);
    const std::vector<std::int64_t>& own_texts = texts_of_tile[top / kTileImages];
    for (std::int64_t left = 0; left < texts; left += kTileTexts) {
      const std::int64_t columns = std::min(kTileTexts, texts - left);
      at::Tensor tile = at::matmul(image.narrow(0, top, rows), text.narrow(0, left, columns).t());
      const auto first = std::lower_bound(own_texts.begin(), own_texts.end(), left);
      const auto last = std::lower_bound(first, own_texts.end(), left + columns);
      auto similarity = tile.accessor<float, 2>();
      for (auto j = first; j != last; ++j) similarity[partner[*j] - top][*j - left] = -std::numeric_limits<float>::infinity();

      const at::Tensor row_bar = best_own.narrow(0, top, rows).unsqueeze(1) - kTieMargin;
      const at::Tensor column_bar = own.narrow(0, left, columns) - kTieMargin;
      texts_ahead.narrow(0, top, rows).add_(at::ge(tile, row_bar).sum(1));
      images_ahead.narrow(0, left, columns).add_(at::ge(tile, column_bar).sum(0));
    }
  }
  return {.image_to_text = ranks_from_counts(texts_ahead), .text_to_image = ranks_from_counts(images_ahead)};
}

double recall_at(const std::vector<std::int64_t>& ranks, std::int64_t k) {
  TORCH_CHECK_VALUE(!ranks.empty(), "recall_at: at least one rank was needed, got none");
  const auto within = std::count_if(ranks.begin(), ranks.end(), [k](std::int64_t rank) { return rank <= k; });
  return 100.0 * static_cast<double>(within) / static_cast<double>(ranks.size());
}

RetrievalSummary summarise_ranks(const std::vector<std::int64_t>& ranks) {
  TORCH_CHECK_VALUE(!ranks.empty(), "summarise_ranks: at least one rank was needed, got none");
  std::vector<std::int64_t> sorted = ranks;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t middle = sorted.size() / 2;
  const double median = sorted.size() % 2 == 1 ? static_cast<double>(sorted[middle])
                                               : static_cast<double>(sorted[middle - 1] + sorted[middle]) / 2;
  const double sum = static_cast<double>(std::accumulate(sorted.begin(), sorted.end(), std::int64_t{0}));
  return {.r1 = recall_at(ranks, 1),
          .r5 = recall_at(ranks, 5),
          .r10 = recall_at(ranks, 10),
          .median_rank = median,
          .mean_rank = sum / static_cast<double>(ranks.size())};
}

ChanceLevel chance_level(const std::vector<std::int64_t>& captions_per_image) {
  TORCH_CHECK_VALUE(!captions_per_image.empty(), "chance_level: at least one picture was needed, got none");
  std::map<std::int64_t, std::int64_t> images_with;
  std::int64_t texts = 0;
  for (const std::int64_t captions : captions_per_image) {
    TORCH_CHECK_VALUE(captions > 0, "chance_level: every picture must have a caption, got ", captions);
    ++images_with[captions];
    texts += captions;
  }
  const auto images = static_cast<std::int64_t>(captions_per_image.size());
  return {.image_to_text = mix_chances(images_with, texts), .text_to_image = mix_chances({{1, texts}}, images)};
}

double mean_recall(const RetrievalRanks& ranks) {
  double sum = 0;
  for (const std::int64_t k : {1, 5, 10}) sum += recall_at(ranks.image_to_text, k) + recall_at(ranks.text_to_image, k);
  return sum / 6;
}

}  // namespace tandem
