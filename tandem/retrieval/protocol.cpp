#include "tandem/retrieval/protocol.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>

namespace tandem {
namespace {

constexpr std::int64_t kCocoImages = 5000, kCocoGalleries = 5, kCocoCaptions = 5;

std::vector<std::int64_t> captions_per_image(const at::Tensor& image_of_text, std::int64_t images) {
  std::vector<std::int64_t> captions(images, 0);
  const auto partner = image_of_text.accessor<std::int64_t, 1>();
  for (std::int64_t j = 0; j < image_of_text.size(0); ++j) ++captions[partner[j]];
  return captions;
}

RetrievalResult measure_gallery(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text) {
  const RetrievalRanks ranks = retrieval_ranks(image, text, image_of_text);
  return {.image_to_text = summarise_ranks(ranks.image_to_text),
          .text_to_image = summarise_ranks(ranks.text_to_image),
          .chance = chance_level(captions_per_image(image_of_text, image.size(0))),
          .galleries = 1,
          .images = image.size(0),
          .captions = text.size(0)};
}

void add_share(RetrievalSummary& sum, const RetrievalSummary& one, double share) {
  sum.r1 += share * one.r1;
  sum.r5 += share * one.r5;
  sum.r10 += share * one.r10;
  sum.median_rank += share * one.median_rank;
  sum.mean_rank += share * one.mean_rank;
}

void check_coco(const at::Tensor& image, const at::Tensor& image_of_text) {
  TORCH_CHECK_VALUE(image.size(0) == kCocoImages, "COCO's protocols are for the ", kCocoImages, " test pictures of Karpathy's split, got ", image.size(0));
  for (const std::int64_t captions : captions_per_image(image_of_text, image.size(0))) {
    TORCH_CHECK_VALUE(captions >= kCocoCaptions, "COCO's protocols take five captions of every picture, and one has ", captions);
  }
}

}  // namespace

std::optional<Protocol> protocol_named(std::string_view name) {
  if (name == "all") return Protocol::kAll;
  if (name == "coco-5k") return Protocol::kCoco5k;
  if (name == "coco-1k") return Protocol::kCoco1k;
  return std::nullopt;
}

RetrievalResult measure_retrieval(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text, Protocol protocol) {
  if (protocol == Protocol::kAll) return measure_gallery(image, text, image_of_text);
  check_coco(image, image_of_text);
  RetrievalResult mean;
  mean.galleries = protocol == Protocol::kCoco1k ? kCocoGalleries : 1;
  const std::int64_t size = kCocoImages / mean.galleries;
  const double share = 1.0 / static_cast<double>(mean.galleries);
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
    const RetrievalResult one = measure_gallery(image.narrow(0, begin, size), text.index_select(0, at::tensor(rows, at::kLong)), at::tensor(partners, at::kLong));
    add_share(mean.image_to_text, one.image_to_text, share);
    add_share(mean.text_to_image, one.text_to_image, share);
    add_share(mean.chance.image_to_text, one.chance.image_to_text, share);
    add_share(mean.chance.text_to_image, one.chance.text_to_image, share);
    mean.images += one.images;
    mean.captions += one.captions;
  }
  return mean;
}

}  // namespace tandem
