#include "tandem/features/picture_subset.h"

#include <ATen/ops/tensor.h>

#include <numeric>

namespace tandem {

std::vector<std::int64_t> caption_rows_of(const PairedFeatures& pairs, const std::vector<std::int64_t>& pictures) {
  std::vector<bool> chosen(pairs.image.size(0), false);
  for (const std::int64_t picture : pictures) chosen[picture] = true;
  const auto partner = pairs.image_of_text.accessor<std::int64_t, 1>();
  std::vector<std::int64_t> captions;
  for (std::int64_t j = 0; j < pairs.text.size(0); ++j) {
    if (chosen[partner[j]]) captions.push_back(j);
  }
  return captions;
}

PairedFeatures pictures_of(const PairedFeatures& pairs, const std::vector<std::int64_t>& pictures) {
  const std::vector<std::int64_t> captions = caption_rows_of(pairs, pictures);
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

PairedFeatures first_pictures(const PairedFeatures& pairs, std::int64_t limit) {
  if (pairs.image.size(0) <= limit) return pairs;
  std::vector<std::int64_t> first(limit);
  std::iota(first.begin(), first.end(), 0);
  return pictures_of(pairs, first);
}

}  // namespace tandem
