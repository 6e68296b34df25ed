// The pairs of a split in galleries, each embedded by heads that never saw its pictures.
#pragma once

#include <functional>
#include <vector>

#include "tandem/audit/pair_audit.h"
#include "tandem/features/feature_store.h"
#include "tandem/heads/head_ensemble.h"
#include "tandem/training/trainer.h"

namespace tandem {

/// A model's heads and the factor on their similarities.
struct FittedHeads {
  HeadEnsemble image;
  HeadEnsemble text;
  double logit_scale = 0;
};

/// Trains on these pairs alone; `fold` counts from 0.
using FitHeads = std::function<FittedHeads(const PairedFeatures& training, std::int64_t fold)>;

/// The pictures by one model that was not trained on them.
JudgedGallery held_out_gallery(const PairedFeatures& pairs, const std::vector<std::int64_t>& pictures,
                               const FittedHeads& heads);

/// Cross-fitting: as many galleries as folds, together all of `pictures`; each by heads that `fit`
/// trained on the pictures of the other folds. Rows are those of `pairs`.
/// Throws c10::ValueError if there are fewer than two pictures a fold.
std::vector<JudgedGallery> cross_fitted_galleries(const PairedFeatures& pairs,
                                                  const std::vector<std::int64_t>& pictures, std::int64_t folds,
                                                  std::uint64_t seed, const FitHeads& fit);

}  // namespace tandem
