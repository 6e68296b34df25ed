#include "tandem/retrieval/protocol.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>

#include <numeric>

#include "tandem/retrieval/caption_ranks.h"

namespace tandem {
namespace {

constexpr std::int64_t kCocoImages = 5000, kCocoGalleries = 5, kCocoCaptions = 5;

std::vector<std::int64_t> captions_per_image(const at::Tensor& image_of_text, std::int64_t images) {
  std::vector<std::int64_t> captions(images, 0);
  const auto partner = image_of_text.accessor<std::int64_t, 1>();
  for (std::int64_t j = 0; j < image_of_text.size(0); ++j) ++captions[partner[j]];
  return captions;
}

std::int64_t rows_of(const at::Tensor& tensor) { return tensor.defined() ? tensor.size(0) : 0; }

RetrievalResult measure_gallery(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                                const Distractors& others, const SameCaptions& same, const Progress& progress) {
  RetrievalResult result{.images = image.size(0), .captions = text.size(0)};
  result.gallery_images = image.size(0) + rows_of(others.image);
  result.gallery_captions = text.size(0) + rows_of(others.text);
  RetrievalRanks& ranks = result.ranks;
  if (same.empty()) {
    ranks = retrieval_ranks(image, text, image_of_text, others, progress);
    result.chance =
        chance_level(captions_per_image(image_of_text, image.size(0)), rows_of(others.image), rows_of(others.text));
  } else {
    const RightAnswers right(image_of_text, image.size(0), rows_of(others.image), same);
    ranks = caption_ranks(image, text, right, others, progress);
    result.chance = chance_of_right_answers(right.texts_per_image(), right.images_per_text(), result.gallery_images,
                                            result.gallery_captions);
  }
  result.image_to_text = summarise_ranks(ranks.image_to_text, ranks.image_precision, ranks.image_ndcg);
  result.text_to_image = summarise_ranks(ranks.text_to_image, ranks.text_precision, ranks.text_ndcg);
  return result;
}

void add_share(RetrievalSummary& sum, const RetrievalSummary& one, double share) {
  for (const auto field :
       {&RetrievalSummary::r1, &RetrievalSummary::r5, &RetrievalSummary::r10, &RetrievalSummary::median_rank,
        &RetrievalSummary::mean_rank, &RetrievalSummary::reciprocal_rank, &RetrievalSummary::average_precision,
        &RetrievalSummary::ndcg_10}) {
    sum.*field += share * one.*field;
  }
}

void add_share(std::vector<double>& sum, const std::vector<double>& one, double share) {
  sum.resize(one.size(), 0.0);
  for (std::size_t k = 0; k < one.size(); ++k) sum[k] += share * one[k];
}

/// Adds a gallery whose pictures begin at row `begin` and whose captions are `rows`.
void add_gallery(RetrievalResult& mean, const RetrievalResult& one, std::int64_t begin,
                 const std::vector<std::int64_t>& rows, const std::vector<std::int64_t>& partners) {
  const double share = 1.0 / static_cast<double>(mean.galleries);
  add_share(mean.image_to_text, one.image_to_text, share);
  add_share(mean.text_to_image, one.text_to_image, share);
  add_share(mean.chance.image_to_text, one.chance.image_to_text, share);
  add_share(mean.chance.text_to_image, one.chance.text_to_image, share);
  add_share(mean.chance.image_to_text_at, one.chance.image_to_text_at, share);
  add_share(mean.chance.text_to_image_at, one.chance.text_to_image_at, share);
  mean.images += one.images;
  mean.captions += one.captions;
  mean.gallery_images = one.gallery_images;
  mean.gallery_captions = one.gallery_captions;
  const auto append = [](auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
  append(mean.ranks.image_to_text, one.ranks.image_to_text);
  append(mean.ranks.image_precision, one.ranks.image_precision);
  append(mean.ranks.image_ndcg, one.ranks.image_ndcg);
  append(mean.ranks.text_to_image, one.ranks.text_to_image);
  append(mean.ranks.text_precision, one.ranks.text_precision);
  append(mean.ranks.text_ndcg, one.ranks.text_ndcg);
  append(mean.text_rows, rows);
  for (const std::int64_t i : partners) mean.image_of_query.push_back(begin + i);
}

/// Of the gallery's captions.
SameCaptions part_of(const SameCaptions& same, const std::vector<std::int64_t>& rows) {
  SameCaptions part;
  if (same.empty()) return part;
  for (const std::int64_t row : rows) part.of_text.push_back(same.of_text.at(row));
  return part;
}

void check_coco(const at::Tensor& image, const at::Tensor& image_of_text) {
  TORCH_CHECK_VALUE(image.size(0) == kCocoImages, "COCO's protocols are for the ", kCocoImages,
                    " test pictures of Karpathy's split, got ", image.size(0));
  for (const std::int64_t captions : captions_per_image(image_of_text, image.size(0))) {
    TORCH_CHECK_VALUE(captions >= kCocoCaptions, "COCO's protocols take five captions of every picture, and one has ",
                      captions);
  }
}

}  // namespace

std::optional<Protocol> protocol_named(std::string_view name) {
  if (name == "all") return Protocol::kAll;
  if (name == "coco-5k") return Protocol::kCoco5k;
  if (name == "coco-1k") return Protocol::kCoco1k;
  return std::nullopt;
}

RetrievalResult measure_retrieval(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                                  Protocol protocol, const Distractors& others, const Progress& progress,
                                  const SameCaptions& same) {
  if (protocol == Protocol::kAll) {
    RetrievalResult result = measure_gallery(image, text, image_of_text, others, same, progress);
    result.text_rows.resize(text.size(0));
    std::iota(result.text_rows.begin(), result.text_rows.end(), 0);
    const auto partner = image_of_text.accessor<std::int64_t, 1>();
    for (std::int64_t j = 0; j < text.size(0); ++j) result.image_of_query.push_back(partner[j]);
    return result;
  }
  check_coco(image, image_of_text);
  TORCH_CHECK_VALUE(
      !others.image.defined() && !others.text.defined(),
      "COCO's protocols have galleries of their own, and no other pictures or captions were to be searched");
  RetrievalResult mean;
  mean.galleries = protocol == Protocol::kCoco1k ? kCocoGalleries : 1;
  const std::int64_t size = kCocoImages / mean.galleries;
  const auto partner = image_of_text.accessor<std::int64_t, 1>();
  for (std::int64_t begin = 0; begin < kCocoImages; begin += size) {
    std::vector<std::int64_t> rows, partners, taken(size, 0);
    for (std::int64_t j = 0; j < image_of_text.size(0); ++j) {
      const std::int64_t i = partner[j] - begin;
      if (i < 0 || i >= size || taken[i] == kCocoCaptions) continue;
      ++taken[i];
      rows.push_back(j);
      partners.push_back(i);
    }
    const at::Tensor gallery_text = text.index_select(0, at::tensor(rows, at::kLong));
    add_gallery(mean,
                measure_gallery(image.narrow(0, begin, size), gallery_text, at::tensor(partners, at::kLong), {},
                                part_of(same, rows), progress),
                begin, rows, partners);
  }
  return mean;
}

}  // namespace tandem
