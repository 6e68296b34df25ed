#include "apps/commands/content_sides.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "apps/terminal/progress_bar.h"
#include "tandem/curation/content_split.h"
#include "tandem/data/split_by_hash.h"

namespace tandem::apps {

void settle_sides(CaptionSet& set, int threads) {
  if (!set.splits_made) return;
  ProgressBar bar("splitting by content", "pictures");
  split_by_content(set, threads, bar.callback());
}

bool take_sides(CaptionSet& set, const FeatureManifest& store) {
  const std::string remark = content_split_remark();
  if (std::find(store.remarks.begin(), store.remarks.end(), remark) == store.remarks.end()) return false;
  std::unordered_map<std::string_view, Split> side_of;
  for (std::size_t row = 0; row < store.image_ids.size(); ++row)
    side_of.emplace(store.image_ids[row], store.image_splits[row]);
  for (CaptionedImage& image : set.images) {
    if (const auto side = side_of.find(image.id); side != side_of.end()) image.split = side->second;
  }
  replace_split_remark(set, remark);
  return true;
}

}  // namespace tandem::apps
