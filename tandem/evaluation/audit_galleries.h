// Divides the pairs of a split into galleries. Each gallery is embedded by heads that were not
// trained on its pictures.
#pragma once

#include <functional>
#include <vector>

#include "tandem/audit/pair_audit.h"
#include "tandem/features/feature_store.h"
#include "tandem/heads/head_ensemble.h"
#include "tandem/training/trainer.h"

namespace tandem {

/// A model's heads and its logit scale.
struct FittedHeads {
  HeadEnsemble image;
  HeadEnsemble text;
  double logit_scale = 0;
};

/// Makes heads from the pairs of `training` only. `fold` counts from 0.
using FitHeads = std::function<FittedHeads(const PairedFeatures& training, std::int64_t fold)>;

/// One gallery: the pictures with all their captions, embedded by heads that were not trained on
/// them.
///
///   pictures  rows of the pictures in `pairs`
JudgedGallery held_out_gallery(const PairedFeatures& pairs, const std::vector<std::int64_t>& pictures,
                               const FittedHeads& heads);

/// Cross-fitting. Divides `pictures` at random into folds and returns one gallery per fold. Each
/// gallery is embedded by heads that `fit` made from the pictures of the other folds.
///
///   pictures  rows of the pictures in `pairs`
///   folds     at least 2
///
/// Throws c10::ValueError if there are fewer than two pictures per fold, and as `fit` does.
std::vector<JudgedGallery> cross_fitted_galleries(const PairedFeatures& pairs,
                                                  const std::vector<std::int64_t>& pictures, std::int64_t folds,
                                                  std::uint64_t seed, const FitHeads& fit);

}  // namespace tandem
