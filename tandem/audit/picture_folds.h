// Folds of pictures: each is judged by a model that never saw it or any of its captions.
#pragma once

#include <cstdint>
#include <vector>

namespace tandem {

/// Random folds whose sizes differ by one at most; rows rise inside a fold.
/// Throws c10::ValueError unless 2 <= folds <= pictures / 2: with fewer than two pictures a fold,
/// no caption could be wrong.
std::vector<std::vector<std::int64_t>> picture_folds(std::int64_t pictures, std::int64_t folds, std::uint64_t seed);

/// Every picture that is not in `fold`, rising.
std::vector<std::int64_t> pictures_outside(std::int64_t pictures, const std::vector<std::int64_t>& fold);

}  // namespace tandem
