#include "tandem/audit/picture_folds.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <utility>

namespace tandem {

std::vector<std::vector<std::int64_t>> picture_folds(std::int64_t pictures, std::int64_t folds, std::uint64_t seed) {
  TORCH_CHECK_VALUE(folds >= 2 && folds <= pictures / 2, "picture_folds: from 2 folds to one for every two pictures (",
                    pictures / 2, " of ", pictures, " pictures) were needed, got ", folds);
  std::vector<std::int64_t> order(pictures);
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 chance(seed);
  for (std::int64_t i = pictures; i > 1; --i)
    std::swap(order[i - 1], order[static_cast<std::int64_t>(chance() % static_cast<std::uint64_t>(i))]);
  std::vector<std::vector<std::int64_t>> dealt(folds);
  for (std::int64_t i = 0; i < pictures; ++i) dealt[i % folds].push_back(order[i]);
  for (std::vector<std::int64_t>& fold : dealt) std::sort(fold.begin(), fold.end());
  return dealt;
}

std::vector<std::int64_t> pictures_outside(std::int64_t pictures, const std::vector<std::int64_t>& fold) {
  std::vector<bool> inside(pictures, false);
  for (const std::int64_t row : fold) inside[row] = true;
  std::vector<std::int64_t> outside;
  for (std::int64_t row = 0; row < pictures; ++row) {
    if (!inside[row]) outside.push_back(row);
  }
  return outside;
}

}  // namespace tandem
