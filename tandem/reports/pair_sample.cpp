#include "tandem/reports/pair_sample.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "tandem/base/errors.h"
#include "tandem/images/longer_side.h"
#include "tandem/retrieval/top_k.h"

namespace tandem {
namespace {

constexpr std::int64_t kLongestSide = 320;  // pixels: more than a tile is printed with

/// `count` of the numbers below `n`, in the order drawn.
std::vector<std::int64_t> draw(std::int64_t n, std::int64_t count, std::mt19937_64& chance) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(n));
  std::iota(numbers.begin(), numbers.end(), 0);
  for (std::int64_t i = 0; i < count; ++i)
    std::swap(numbers[i], numbers[i + static_cast<std::int64_t>(chance() % static_cast<std::uint64_t>(n - i))]);
  numbers.resize(static_cast<std::size_t>(count));
  return numbers;
}

/// If the picture cannot be read, as with imported features, there are no pixels. The figure then
/// shows its name.
NamedPicture named_picture(const EmbeddedSplit& embedded, std::int64_t image) {
  const FeatureManifest& manifest = embedded.store.manifest();
  const std::int64_t row = embedded.pairs.image_in_store[image];
  NamedPicture named{.name = manifest.image_ids[row], .image = {}};
  try {
    named.image = read_picture(manifest.pictures[row]);
  } catch (const FileError&) {
    return named;
  }
  named.image = with_longer_side(named.image, kLongestSide);
  return named;
}

const std::string& caption_of(const EmbeddedSplit& embedded, std::int64_t text) {
  return embedded.store.manifest().captions[embedded.pairs.text_in_store[text]];
}

}  // namespace

PairSample draw_pairs(const PairedFeatures& pairs, std::int64_t count, std::uint64_t seed) {
  std::vector<std::vector<std::int64_t>> captions(static_cast<std::size_t>(pairs.image.size(0)));
  const auto partner = pairs.image_of_text.accessor<std::int64_t, 1>();
  for (std::int64_t j = 0; j < partner.size(0); ++j) captions[partner[j]].push_back(j);
  std::mt19937_64 chance(seed);
  const std::vector<std::int64_t> images = draw(pairs.image.size(0), std::min(count, pairs.image.size(0)), chance);
  std::vector<std::int64_t> texts;
  for (const std::int64_t image : images) texts.push_back(captions[image][chance() % captions[image].size()]);
  return {.images = at::tensor(images, at::kLong), .texts = at::tensor(texts, at::kLong)};
}

std::vector<CaptionQuery> caption_queries(const EmbeddedSplit& embedded, const PairSample& sample,
                                          const RetrievalRanks& ranks, std::int64_t count, std::int64_t answers) {
  std::vector<CaptionQuery> queries;
  for (std::int64_t q = 0; q < std::min(count, sample.texts.size(0)); ++q) {
    const std::int64_t text = sample.texts[q].item<std::int64_t>();
    const std::int64_t own = sample.images[q].item<std::int64_t>();
    const Nearest nearest = top_k(embedded.text.narrow(0, text, 1), embedded.image, answers);
    CaptionQuery query{
        .caption = caption_of(embedded, text), .nearest = {}, .own = {}, .own_rank = ranks.text_to_image[text]};
    const auto answer = [&](std::int64_t image, double similarity) {
      return PictureAnswer{
          .picture = named_picture(embedded, image), .similarity = similarity, .is_true = image == own};
    };
    for (std::int64_t place = 0; place < nearest.row.size(1); ++place) {
      query.nearest.push_back(
          answer(nearest.row[0][place].item<std::int64_t>(), nearest.similarity[0][place].item<double>()));
    }
    query.own = answer(own, (embedded.image[own] * embedded.text[text]).sum().item<double>());
    queries.push_back(std::move(query));
  }
  return queries;
}

std::vector<PictureQuery> picture_queries(const EmbeddedSplit& embedded, const PairSample& sample,
                                          const RetrievalRanks& ranks, std::int64_t count, std::int64_t answers) {
  const auto partner = embedded.pairs.image_of_text.accessor<std::int64_t, 1>();
  std::vector<PictureQuery> queries;
  for (std::int64_t q = 0; q < std::min(count, sample.images.size(0)); ++q) {
    const std::int64_t image = sample.images[q].item<std::int64_t>();
    const Nearest nearest = top_k(embedded.image.narrow(0, image, 1), embedded.text, embedded.text.size(0));
    const auto row = nearest.row.accessor<std::int64_t, 2>();
    PictureQuery query{
        .picture = named_picture(embedded, image), .nearest = {}, .own = {}, .own_rank = ranks.image_to_text[image]};
    const auto answer = [&](std::int64_t place) {
      const std::int64_t text = row[0][place];
      return CaptionAnswer{.caption = caption_of(embedded, text),
                           .similarity = nearest.similarity[0][place].item<double>(),
                           .is_true = partner[text] == image};
    };
    for (std::int64_t place = 0; place < std::min(answers, row.size(1)); ++place)
      query.nearest.push_back(answer(place));
    std::int64_t first_own = 0;
    while (partner[row[0][first_own]] != image) ++first_own;
    query.own = answer(first_own);
    queries.push_back(std::move(query));
  }
  return queries;
}

}  // namespace tandem
