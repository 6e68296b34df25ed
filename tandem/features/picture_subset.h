// Some pictures of paired features, with all their captions.
#pragma once

#include <cstdint>
#include <vector>

#include "tandem/features/feature_store.h"

namespace tandem {

/// The rows of `pairs.text` that describe one of the pictures, rising.
///
///   pictures  rows of `pairs.image`, in any order
std::vector<std::int64_t> caption_rows_of(const PairedFeatures& pairs, const std::vector<std::int64_t>& pictures);

/// These pictures, in this order, with all their captions, which keep theirs.
///
///   pictures  rows of `pairs.image`, each at most once
PairedFeatures pictures_of(const PairedFeatures& pairs, const std::vector<std::int64_t>& pictures);

/// The first `limit` pictures with all their captions; all of the pairs if there are no more pictures.
PairedFeatures first_pictures(const PairedFeatures& pairs, std::int64_t limit);

}  // namespace tandem
