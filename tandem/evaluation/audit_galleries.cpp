#include "tandem/evaluation/audit_galleries.h"

#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>

#include "tandem/audit/picture_folds.h"

namespace tandem {
namespace {

/// Captions of the chosen pictures, as rows of `pairs.text`.
std::vector<std::int64_t> captions_of(const PairedFeatures& pairs, const std::vector<std::int64_t>& pictures) {
  std::vector<bool> chosen(pairs.image.size(0), false);
  for (const std::int64_t picture : pictures) chosen[picture] = true;
  const auto partner = pairs.image_of_text.accessor<std::int64_t, 1>();
  std::vector<std::int64_t> captions;
  for (std::int64_t j = 0; j < pairs.text.size(0); ++j) {
    if (chosen[partner[j]]) captions.push_back(j);
  }
  return captions;
}

}  // namespace

PairedFeatures pictures_of(const PairedFeatures& pairs, const std::vector<std::int64_t>& pictures) {
  const std::vector<std::int64_t> captions = captions_of(pairs, pictures);
  std::vector<std::int64_t> place(pairs.image.size(0), -1);
  PairedFeatures part;
  for (const std::int64_t picture : pictures) {
    place[picture] = static_cast<std::int64_t>(part.image_in_store.size());
    part.image_in_store.push_back(pairs.image_in_store[picture]);
  }
  const auto partner = pairs.image_of_text.accessor<std::int64_t, 1>();
  std::vector<std::int64_t> image_of_text;
  for (const std::int64_t caption : captions) {
    image_of_text.push_back(place[partner[caption]]);
    part.text_in_store.push_back(pairs.text_in_store[caption]);
  }
  part.image = pairs.image.index_select(0, at::tensor(pictures, at::kLong));
  part.text = pairs.text.index_select(0, at::tensor(captions, at::kLong));
  part.image_of_text = at::tensor(image_of_text, at::kLong);
  return part;
}

JudgedGallery held_out_gallery(const PairedFeatures& pairs, const std::vector<std::int64_t>& pictures,
                               const FittedHeads& heads) {
  const PairedFeatures part = pictures_of(pairs, pictures);
  return {.gallery = {.image = embed_all(heads.image, part.image),
                      .text = embed_all(heads.text, part.text),
                      .image_of_text = part.image_of_text,
                      .text_features = part.text,
                      .logit_scale = heads.logit_scale},
          .image_rows = pictures,
          .text_rows = captions_of(pairs, pictures)};
}

std::vector<JudgedGallery> cross_fitted_galleries(const PairedFeatures& pairs,
                                                  const std::vector<std::int64_t>& pictures, std::int64_t folds,
                                                  std::uint64_t seed, const FitHeads& fit) {
  std::vector<JudgedGallery> galleries;
  const auto count = static_cast<std::int64_t>(pictures.size());
  const auto named = [&](std::vector<std::int64_t> places) {
    for (std::int64_t& place : places) place = pictures[place];
    return places;
  };
  for (const std::vector<std::int64_t>& fold : picture_folds(count, folds, seed)) {
    const FittedHeads heads =
        fit(pictures_of(pairs, named(pictures_outside(count, fold))), static_cast<std::int64_t>(galleries.size()));
    galleries.push_back(held_out_gallery(pairs, named(fold), heads));
  }
  return galleries;
}

}  // namespace tandem
