// Folds of pictures: each picture is judged by a model that was trained without it and its
// captions.
#pragma once

#include <cstdint>
#include <vector>

namespace tandem {

/// Random folds whose sizes differ by at most one; the rows of a fold are in ascending order.
/// Throws c10::ValueError unless 2 <= folds <= pictures / 2: with fewer than two pictures per fold,
/// no caption could be wrong.
std::vector<std::vector<std::int64_t>> picture_folds(std::int64_t pictures, std::int64_t folds, std::uint64_t seed);

/// Every picture that is not in `fold`, in ascending order.
std::vector<std::int64_t> pictures_outside(std::int64_t pictures, const std::vector<std::int64_t>& fold);

}  // namespace tandem
