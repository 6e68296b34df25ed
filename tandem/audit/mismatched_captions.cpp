#include "tandem/audit/mismatched_captions.h"

#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "tandem/base/shape_check.h"

namespace tandem {

at::Tensor mismatched_captions(const at::Tensor& image_of_text, std::uint64_t seed) {
  check_shape("mismatched_captions", "image_of_text", image_of_text, {kAnySize});
  const std::int64_t texts = image_of_text.size(0);
  const auto image = image_of_text.accessor<std::int64_t, 1>();
  std::vector<std::vector<std::int64_t>> captions;
  for (std::int64_t j = 0; j < texts; ++j) {
    if (image[j] >= static_cast<std::int64_t>(captions.size())) captions.resize(image[j] + 1);
    captions[image[j]].push_back(j);
  }
  std::mt19937_64 chance(seed);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(chance() % n); };
  for (std::size_t i = captions.size(); i > 1; --i) std::swap(captions[i - 1], captions[below(i)]);
  std::vector<std::int64_t> row;
  std::size_t most = 0;
  for (std::vector<std::int64_t>& own : captions) {
    for (std::size_t i = own.size(); i > 1; --i) std::swap(own[i - 1], own[below(i)]);
    row.insert(row.end(), own.begin(), own.end());
    most = std::max(most, own.size());
  }
  TORCH_CHECK_VALUE(!row.empty() && 2 * most <= row.size(),
                    "mismatched_captions: no picture may have more than half of all captions, got ", most, " of ",
                    texts);
  // Captions of one picture are neighbours in `row`; a turn by at least their number parts them all
  // from it.
  const std::size_t turn = most + below(row.size() - 2 * most + 1);
  at::Tensor text_of_place = at::empty({texts}, at::kLong);
  auto text = text_of_place.accessor<std::int64_t, 1>();
  for (std::size_t p = 0; p < row.size(); ++p) text[row[p]] = row[(p + turn) % row.size()];
  return text_of_place;
}

}  // namespace tandem
