#include "tandem/evaluation/audit_galleries.h"

#include "tandem/audit/picture_folds.h"
#include "tandem/features/picture_subset.h"

namespace tandem {

JudgedGallery held_out_gallery(const PairedFeatures& pairs, const std::vector<std::int64_t>& pictures,
                               const FittedHeads& heads) {
  const PairedFeatures part = pictures_of(pairs, pictures);
  return {.gallery = {.image = embed_all(heads.image, part.image),
                      .text = embed_all(heads.text, part.text),
                      .image_of_text = part.image_of_text,
                      .text_features = part.text,
                      .logit_scale = heads.logit_scale},
          .image_rows = pictures,
          .text_rows = caption_rows_of(pairs, pictures)};
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
