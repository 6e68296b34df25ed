#include "tandem/data/selection.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tandem/storage/checksum.h"

namespace tandem {
namespace {

using Indices = std::vector<std::size_t>;

/// All indices, those with the least checksums of seed and id first.
Indices drawn_order(const CaptionSet& set, std::uint64_t seed) {
  std::vector<std::pair<std::string, std::size_t>> keys;
  for (std::size_t i = 0; i < set.images.size(); ++i) {
    Checksum checksum;
    checksum.add_field(std::to_string(seed)).add_field(set.images[i].id);
    keys.emplace_back(checksum.text(), i);
  }
  std::sort(keys.begin(), keys.end());
  Indices order;
  for (const auto& [key, index] : keys) order.push_back(index);
  return order;
}

}  // namespace

void select_part(CaptionSet& set, const DataOptions& options) {
  TORCH_CHECK_VALUE(options.limit >= 0 && options.per_category >= 0,
                    "a part of data needs numbers that are not negative, got limit ", options.limit, " and ",
                    options.per_category, " a category");
  if (options.limit == 0 && options.per_category == 0) return;
  const bool has_classes = std::any_of(set.images.begin(), set.images.end(),
                                       [](const CaptionedImage& image) { return !image.label.empty(); });
  TORCH_CHECK_VALUE(options.per_category == 0 || has_classes, "--per-category needs data with classes, and ", set.name,
                    " has none");

  Indices kept;
  std::map<std::string, std::int64_t> of_class;
  for (const std::size_t index : drawn_order(set, options.seed)) {
    if (options.limit > 0 && static_cast<std::int64_t>(kept.size()) == options.limit) break;
    if (options.per_category > 0 && ++of_class[set.images[index].label] > options.per_category) continue;
    kept.push_back(index);
  }
  std::sort(kept.begin(), kept.end());
  std::vector<CaptionedImage> images;
  for (const std::size_t index : kept) images.push_back(std::move(set.images[index]));
  set.images = std::move(images);
  if (options.per_category > 0) set.selection = std::to_string(options.per_category) + " a category, ";
  if (options.limit > 0) set.selection += "limit " + std::to_string(options.limit) + ", ";
  set.selection += "seed " + std::to_string(options.seed);
}

}  // namespace tandem
